import type { CommandBody } from '../contract/commands.ts';
import { BATCHES_PER_REDACTION } from '../contract/recordWords.ts';
import type { DecideContext, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import { isBlank, plainTitle } from './text.ts';

/** Longest file name that is kept, in UTF-16 units. */
const LONGEST_NAME = 120;

/** A file that was uploaded becomes part of the log, under the name its sender gave and the type its bytes show. */
export function addAttachment(
  { hash, name }: CommandBody<'attachment.add'>,
  { attachment }: DecideContext,
): Decision {
  if (!attachment) return refused('unknown_attachment');
  const { type, size } = attachment;
  return happened({ type: 'attachment.added', body: { hash, name: plainFileName(name), type, size } });
}

/** Erases a range of a document from its history; only what the present document shows no more. */
export function redactDocument(body: CommandBody<'document.redact'>, { erasable }: DecideContext): Decision {
  if (isBlank(body.reason)) return refused('blank');
  switch (erasable?.kind) {
    case undefined:
    case 'unknown':
      return refused('unknown_range');
    case 'shown':
      return refused('still_shown');
    case 'nothing':
      return refused('nothing_to_erase');
    case 'erasable':
      return erasable.batches.length > BATCHES_PER_REDACTION
        ? refused('too_many_of_these', { max: BATCHES_PER_REDACTION })
        : happened({ type: 'document.redacted', body });
    default:
      return erasable satisfies never;
  }
}

/**
 * A file name that is safe to show and to save under: one line, composed, without folders, marks that reorder text, or
 * characters that file systems refuse. The ending is kept when it must be cut.
 */
export function plainFileName(name: string): string {
  const plain = plainTitle(name.toWellFormed())
    .replace(/^.*[/\\]/u, '')
    .replace(/[<>:"|?*]/gu, '_')
    .replace(/^\.+/u, '')
    .trim();
  if (isBlank(plain)) return 'file';
  if (plain.length <= LONGEST_NAME) return plain;
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(plain)?.[0] ?? '';
  return `${plain
    .slice(0, LONGEST_NAME - ending.length)
    .toWellFormed()
    .replaceAll('\uFFFD', '')}${ending}`;
}
