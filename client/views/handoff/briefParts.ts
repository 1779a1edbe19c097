import type { Brief, Entry } from '#shared/contract/entries.ts';

/** The four parts of a brief that its reader ticks one by one. */
export const briefParts = ['state', 'work', 'people', 'promises'] as const;
export type BriefPart = (typeof briefParts)[number];

/** What each part says, as text to compare: a part is read again when this changes. Names its fields one by one, since the wire orders them otherwise. */
export function contentOf(brief: Brief, part: BriefPart): string {
  switch (part) {
    case 'state':
      return JSON.stringify([brief.title, brief.severity, brief.status]);
    case 'work':
      return JSON.stringify([brief.doing.map((line) => [line.person, line.text]), brief.pinned]);
    case 'people':
      return JSON.stringify([
        brief.roles.map((each) => [each.role, each.title, each.under, each.holder]),
        brief.deputy,
      ]);
    case 'promises':
      return JSON.stringify([brief.lastUpdate?.seq, brief.lastUpdate?.text, brief.nextUpdateAt]);
    default:
      return part satisfies never;
  }
}

/** Which part a newer entry belongs to. */
export function partOf(type: string): BriefPart {
  if (
    type.startsWith('role.') ||
    type.startsWith('member.') ||
    type === 'deputy.set' ||
    type === 'access.broken'
  )
    return 'people';
  if (type.startsWith('update.')) return 'promises';
  if (type.startsWith('severity.') || type.startsWith('status.') || type.startsWith('incident.'))
    return 'state';
  return 'work';
}

/** Talk and the offer itself do not make a brief older; the rules count the same way. */
export function isSignificant(entry: Pick<Entry, 'type'>): boolean {
  return (
    !entry.type.startsWith('chat.') &&
    entry.type !== 'doing.set' &&
    entry.type !== 'entry.pinned' &&
    entry.type !== 'entry.unpinned' &&
    entry.type !== 'handoff.offered'
  );
}

/** The parts whose tick no longer holds once the brief is brought up to date with these entries. */
export function untickedBy(before: Brief, after: Brief, newer: readonly Pick<Entry, 'type'>[]): BriefPart[] {
  const touched = new Set(newer.map((entry) => partOf(entry.type)));
  return briefParts.filter((part) => touched.has(part) || contentOf(before, part) !== contentOf(after, part));
}
