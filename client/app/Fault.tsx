import { Button } from '@mantine/core';
import { Component } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { reloadPage } from './calm.ts';
import { PartMissing } from './lazyPart.ts';

/** What stands where a view stopped or never came. */
function Fault({ error, within }: { error: unknown; within: 'page' | 'pane' }): ReactNode {
  const { t } = useTranslation('common');
  const missing = error instanceof PartMissing;
  const Frame = within === 'page' ? 'main' : 'section';
  const Heading = within === 'page' ? 'h1' : 'h2';
  return (
    <Frame className="lone" role="alert" data-fault={missing ? 'missing' : 'crash'} data-within={within}>
      <Heading>{t(missing ? 'load.part' : 'load.view')}</Heading>
      <p>{t(missing ? 'load.missing' : 'load.crash')}</p>
      <Button onClick={reloadPage}>{t('load.reload')}</Button>
    </Frame>
  );
}

interface BoundaryProps {
  children: ReactNode;
  /** What is replaced: all of the page but the shell, or a pane of a view whose other panes go on. */
  within: 'page' | 'pane';
  /** Where on the page it is; somewhere else all is tried again. */
  place: string;
}

interface BoundaryState {
  failed: { error: unknown } | null;
  place: string;
}

/** Keeps the trouble of what is inside from taking the rest of the page with it. */
export class FaultBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failed: null, place: this.props.place };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { failed: { error } };
  }

  static getDerivedStateFromProps({ place }: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return place === state.place ? null : { failed: null, place };
  }

  override render(): ReactNode {
    const { failed } = this.state;
    return failed ? <Fault error={failed.error} within={this.props.within} /> : this.props.children;
  }
}
