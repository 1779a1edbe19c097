import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Role } from '#shared/incident/state.ts';
import type { CaretUser } from '../../document/carets.ts';
import type { DocumentSession } from '../../document/session.ts';
import type { DocumentInstance } from '../../document/snapshot.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Toolbar } from './Toolbar.tsx';
import { useEditor } from './useEditor.ts';

interface EditorSurfaceProps {
  session: DocumentSession;
  instance: DocumentInstance;
  label: string;
  labelOf: (user: CaretUser) => string;
  /** Labels of carets are drawn anew when these change. */
  roles: readonly Role[];
  onTooLarge: () => void;
}

/** The editor with its tools. `Esc`, then `Tab` or `Shift+Tab`, leaves the text; `Tab` alone belongs to lists and tables. */
export function EditorSurface({
  session,
  instance,
  label,
  labelOf,
  roles,
  onTooLarge,
}: EditorSurfaceProps): ReactNode {
  const { t } = useTranslation('document');
  const [host, setHost] = useState<HTMLElement | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const before = useRef<HTMLSpanElement>(null);
  const after = useRef<HTMLSpanElement>(null);
  const editor = useEditor({
    session,
    instance,
    host,
    scroller,
    label,
    placeholder: t('placeholder'),
    checkboxLabel: (text) => t('checkbox', { text }),
    labelOf,
    onTooLarge,
    leave: (back) => (back ? before : after).current?.focus(),
  });
  useEffect(() => {
    // An empty transaction redraws what plugins draw.
    if (editor && !editor.isDestroyed) editor.view.dispatch(editor.state.tr);
  }, [editor, roles]);
  return (
    <>
      {editor ? <Toolbar editor={editor} /> : <div className="document-tools" />}
      <div className="document-scroll" ref={scroller}>
        <span ref={before} tabIndex={-1} />
        <div ref={setHost} className="document-host" />
        <span ref={after} tabIndex={-1} />
      </div>
    </>
  );
}
