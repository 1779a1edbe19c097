import './design/tokens.css';
import './design/mantine.css';
import './design/base.css';
import './design/badges.css';
import './design/forms.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { startTranslations } from './i18n/index.ts';

startTranslations();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
