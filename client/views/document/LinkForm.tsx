import { Button, TextInput } from '@mantine/core';
import type { Editor } from '@tiptap/core';
import { useEffect, useRef, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { isLinkAllowed } from '../../document/links.ts';
import { useTranslation } from '../../i18n/index.ts';

/** The address of a link: for the marked text, or written into the text where nothing is marked. */
export function LinkForm({ editor, onDone }: { editor: Editor; onDone: () => void }): ReactNode {
  const { t } = useTranslation('document');
  const before: unknown = editor.getAttributes('link')['href'];
  const [address, setAddress] = useState(typeof before === 'string' ? before : '');
  const [wrong, setWrong] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  function close(): void {
    onDone();
    editor.commands.focus();
  }

  function apply(event: FormEvent): void {
    event.preventDefault();
    const href = withProtocol(address.trim());
    if (!isLinkAllowed(href)) return setWrong(true);
    const chain = editor.chain().focus();
    if (editor.state.selection.empty && !editor.isActive('link')) {
      chain
        .insertContent({ type: 'text', text: address.trim(), marks: [{ type: 'link', attrs: { href } }] })
        .run();
    } else chain.extendMarkRange('link').setLink({ href }).run();
    onDone();
  }

  return (
    <form className="document-link" onSubmit={apply}>
      <TextInput
        className="document-link-address"
        size="xs"
        aria-label={t('link.address')}
        placeholder="https://"
        inputMode="url"
        value={address}
        onChange={(event) => {
          setAddress(event.currentTarget.value);
          setWrong(false);
        }}
        error={wrong ? t('link.wrong') : undefined}
        ref={field}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !event.nativeEvent.isComposing) close();
        }}
      />
      <Button size="xs" type="submit">
        {t('link.set')}
      </Button>
      {typeof before === 'string' ? (
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            editor.chain().focus().extendMarkRange('link').unsetLink().run();
            onDone();
          }}
        >
          {t('link.remove')}
        </Button>
      ) : null}
      <Button size="xs" variant="subtle" onClick={close}>
        {t('cancel')}
      </Button>
    </form>
  );
}

/** People write addresses without their beginning; a name with a dot is meant as a web page. */
function withProtocol(address: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(address) && !/^[^/]*:\d/.test(address)) return address;
  return address.includes('@') && !address.includes('/') ? `mailto:${address}` : `https://${address}`;
}
