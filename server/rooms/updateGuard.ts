import { SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import { TEMPLATE_CLIENT_ID, TEMPLATE_META_LENGTH } from '#shared/document.ts';
import type { Advance, Projection } from './projection.ts';
import { MAX_LEVEL, structAt } from './nesting.ts';
import { MAX_CLOCK } from './updateReader.ts';
import type { DeletedRange, Position, ReadSection, ReadStruct, ReadUpdate } from './updateReader.ts';

/** What may become of an update. */
export type Verdict =
  /** It may be queued: the parts that are new, and what they add to the projection. */
  | { kind: 'sound'; fresh: ReadSection[]; advances: Advance[] }
  /** It builds on something that is not here; the sender may still have it. */
  | { kind: 'gap' }
  /** It writes under a client id of somebody else. */
  | { kind: 'foreign'; client: number }
  /** No honest client sends it. */
  | { kind: 'refused'; reason: string };

/** What else is asked about clients and positions that are known. */
export interface Knowledge {
  /** Who announced a client id with a caret. */
  announcedBy(client: number): string | null;
  /** True of the roots that people write in. */
  isOpenRoot(name: string): boolean;
  /** How deep a known position lies. */
  levelOf(position: Position): number;
}

/**
 * Judges an update of `person` against the projected document. Sound means: Yjs applies it completely, now and on every
 * peer, and nothing of it stays pending. Structs that are known already are not judged; they will not be taken. An id
 * that has not written yet belongs to whoever announced it with a caret.
 */
export function judge(
  update: ReadUpdate,
  projection: Projection,
  person: string,
  knowledge: Knowledge,
): Verdict {
  const fresh: ReadSection[] = [];
  for (const section of update.sections) {
    const known = projection.clock(section.client);
    if (section.end <= known) continue;
    const lacks = section.structs.some((struct) => struct.isSkip && reaches(known)(struct));
    if (section.clock > known || lacks) return { kind: 'gap' };
    const owner = projection.owner(section.client) ?? knowledge.announcedBy(section.client);
    if (owner !== null && owner !== person) return { kind: 'foreign', client: section.client };
    fresh.push(
      section.clock === known ? section : { ...section, structs: section.structs.filter(reaches(known)) },
    );
  }
  const forbidden = forbiddenPart(fresh, update.deletes, person, knowledge);
  if (forbidden) return { kind: 'refused', reason: forbidden };
  const order = judgeReferences(fresh, projection, knowledge);
  if (order !== 'sound') return order === 'gap' ? { kind: 'gap' } : { kind: 'refused', reason: order };
  const advances = fresh.map((section) => ({ client: section.client, end: section.end }));
  const reached = new Map(advances.map((advance) => [advance.client, advance.end]));
  for (const range of update.deletes) {
    const end = reached.get(range.client) ?? projection.clock(range.client);
    if (range.clock + range.length > end) return { kind: 'gap' };
  }
  return { kind: 'sound', fresh, advances };
}

function reaches(known: number): (struct: ReadStruct) => boolean {
  return (struct) => struct.clock + struct.length > known;
}

/** Names what only the server may touch: other roots, and the template's `meta`. */
function forbiddenPart(
  fresh: ReadSection[],
  deletes: DeletedRange[],
  person: string,
  { isOpenRoot }: Knowledge,
): string | null {
  if (person === SYSTEM_ACTOR) return null;
  for (const section of fresh) {
    for (const struct of section.structs) {
      if (struct.root !== null && !isOpenRoot(struct.root)) return 'unknown root';
      if (isMeta(struct.origin) || isMeta(struct.rightOrigin) || isMeta(struct.parent))
        return "meta is the server's";
    }
  }
  const touchesMeta = deletes.some((range) => isMeta(range));
  return touchesMeta ? "meta is the server's" : null;
}

function isMeta(position: Position | null): boolean {
  return position !== null && position.client === TEMPLATE_CLIENT_ID && position.clock < TEMPLATE_META_LENGTH;
}

/**
 * Walks the structs in an order in which each finds what it refers to, as Yjs will. A reference to something that is
 * neither known nor in the update is a gap; one that waits for itself would stay pending for ever.
 */
function judgeReferences(fresh: ReadSection[], projection: Projection, knowledge: Knowledge): string {
  const walks = new Map(fresh.map((section) => [section.client, startWalk(section, projection)]));
  const reached = (client: number): number => walks.get(client)?.reached ?? projection.clock(client);
  const missing = (position: Position | null): Position | null =>
    position !== null && position.clock >= reached(position.client) ? position : null;

  for (const first of walks.values()) {
    const stack: { walk: Walk; until: number }[] = [{ walk: first, until: first.section.end }];
    first.waiting = true;
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const struct = top.walk.section.structs[top.walk.next];
      if (top.walk.reached >= top.until || !struct) {
        top.walk.waiting = false;
        stack.pop();
        continue;
      }
      const need = missing(struct.origin) ?? missing(struct.rightOrigin) ?? missing(struct.parent);
      if (!need) {
        struct.level = levelOf(struct, walks, knowledge);
        if (struct.isType && struct.level > MAX_LEVEL) return 'nested too deep';
        top.walk.reached = struct.clock + struct.length;
        top.walk.next += 1;
        continue;
      }
      const other = walks.get(need.client);
      if (need.clock >= MAX_CLOCK) return 'no such position';
      if (!other || need.clock >= other.section.end) return 'gap';
      if (other.waiting) return 'structs that wait for each other';
      other.waiting = true;
      stack.push({ walk: other, until: need.clock + 1 });
    }
  }
  return 'sound';
}

/** One deeper than the container it names, or as deep as the neighbour that it names instead. */
function levelOf(struct: ReadStruct, walks: ReadonlyMap<number, Walk>, knowledge: Knowledge): number {
  if (struct.root !== null) return 1;
  const position = struct.parent ?? struct.origin ?? struct.rightOrigin;
  if (!position) return 0;
  const near = structAt(walks.get(position.client)?.section.structs ?? [], position.clock);
  return (near ? near.level : knowledge.levelOf(position)) + (struct.parent ? 1 : 0);
}

interface Walk {
  section: ReadSection;
  next: number;
  reached: number;
  /** On the stack: something waits for it. */
  waiting: boolean;
}

function startWalk(section: ReadSection, projection: Projection): Walk {
  return { section, next: 0, reached: projection.clock(section.client), waiting: false };
}
