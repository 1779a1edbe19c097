import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Role } from '#shared/incident/state.ts';
import type { CaretUser } from '../../document/carets.ts';
import type { DocumentSession } from '../../document/session.ts';
import type { DocumentInstance } from '../../document/snapshot.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Toolbar } from './Toolbar.tsx';
import type { MoreTool } from './tools.ts';
import { useEditor } from './useEditor.ts';

interface EditorSurfaceProps {
  session: DocumentSession;
  instance: DocumentInstance;
  label: string;
  labelOf: (user: CaretUser) => string;
  /** Labels of carets are drawn anew when these change. */
  roles: readonly Role[];
  onTooLarge: () => void;
  /** What stands in an empty text; the words of the incident document where not given. */
  placeholder?: string;
  /** Tools of this document alone, behind those that all have. */
  more?: readonly MoreTool[];
}

/** The editor with its tools. `Esc`, then `Tab` or `Shift+Tab`, leaves the text; `Tab` alone belongs to lists and tables. */
export function EditorSurface({
  session,
  instance,
  label,
  labelOf,
  roles,
  onTooLarge,
  placeholder,
  more,
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
    placeholder: placeholder ?? t('placeholder'),
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
      {editor ? <Toolbar editor={editor} {...(more ? { more } : {})} /> : <div className="document-tools" />}
      <div className="document-scroll" ref={scroller}>
        <span ref={before} tabIndex={-1} />
        <div ref={setHost} className="document-host" />
        <span ref={after} tabIndex={-1} />
      </div>
    </>
  );
}
