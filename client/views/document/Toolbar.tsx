import type { Editor } from '@tiptap/core';
import { useEditorState } from '@tiptap/react';
import { useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { keyMeant } from '../../app/keys.ts';
import { useTranslation } from '../../i18n/index.ts';
import { LinkForm } from './LinkForm.tsx';
import { ToolIcon } from './toolIcons.tsx';
import type { ToolIconName } from './toolIcons.tsx';
import { tableTools, textTools } from './tools.ts';
import type { MoreTool, Tool } from './tools.ts';

interface ToolState {
  on: boolean;
  can: boolean;
}

function statesOf(editor: Editor, tools: readonly Tool[]): ToolState[] {
  return tools.map((tool) => ({ on: tool.isOn?.(editor) ?? false, can: tool.canRun?.(editor) ?? true }));
}

const NONE: readonly MoreTool[] = [];

function toolsFor(inTable: boolean, more: readonly MoreTool[]): readonly Tool[] {
  return [...textTools, ...more, ...(inTable ? tableTools : [])];
}

/** The tools of the text: one stop for Tab, arrows inside; each with a name, its keys, and whether it is on. */
export function Toolbar({ editor, more = NONE }: { editor: Editor; more?: readonly MoreTool[] }): ReactNode {
  const { t } = useTranslation('document');
  const bar = useRef<HTMLDivElement>(null);
  const [stop, setStop] = useState(0);
  const [opened, setOpened] = useState<ToolIconName | null>(null);
  const shown = useEditorState({
    editor,
    selector: ({ editor: current }) => {
      const inTable = current.isActive('table');
      const tools = toolsFor(inTable, more);
      return { inTable, states: current.isDestroyed ? [] : statesOf(current, tools) };
    },
  });
  const tools = toolsFor(shown.inTable, more);
  const opens = more.find(({ name }) => name === opened)?.opens;
  const close = (): void => setOpened(null);
  const current = Math.min(stop, tools.length - 1);

  function moveTo(place: number): void {
    const next = (place + tools.length) % tools.length;
    setStop(next);
    bar.current?.querySelectorAll('button')[next]?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    switch (keyMeant(event)) {
      case 'arrowright':
        moveTo(current + 1);
        break;
      case 'arrowleft':
        moveTo(current - 1);
        break;
      case 'home':
        moveTo(0);
        break;
      case 'end':
        moveTo(tools.length - 1);
        break;
      case 'escape':
        editor.commands.focus();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  function use(tool: Tool, place: number): void {
    setStop(place);
    if (shown.states[place]?.can === false) return;
    if (tool.run === null) setOpened((before) => (before === tool.name ? null : tool.name));
    else tool.run(editor.chain().focus()).run();
  }

  return (
    <>
      {/* Not itself a stop: the focus is on one of its buttons. */}
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus */}
      <div
        ref={bar}
        className="document-tools"
        role="toolbar"
        aria-label={t('toolbar.name')}
        onKeyDown={onKeyDown}
      >
        {tools.map((tool, place) => {
          const { on, can } = shown.states[place] ?? { on: false, can: true };
          const name = t(`tool.${tool.name}`);
          return (
            <button
              key={tool.name}
              type="button"
              className="tool"
              aria-label={name}
              title={tool.keys === undefined ? name : `${name} (${tool.keys})`}
              aria-keyshortcuts={tool.keys?.replaceAll('Ctrl', 'Control')}
              aria-pressed={tool.isOn ? on : undefined}
              aria-expanded={tool.run === null ? opened === tool.name : undefined}
              aria-disabled={!can}
              tabIndex={place === current ? 0 : -1}
              // The text keeps its selection, and on a phone its keyboard.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => use(tool, place)}
            >
              <ToolIcon name={tool.name} />
            </button>
          );
        })}
      </div>
      {opened === 'link' ? <LinkForm editor={editor} onDone={close} /> : opens?.(editor, close)}
    </>
  );
}
