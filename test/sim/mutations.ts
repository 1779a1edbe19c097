import { registerHooks } from 'node:module';

/** A purpose-broken variant of the server: one statement is another. */
export interface Mutation {
  /** What is broken, in words. */
  name: string;
  /** The file, from the root of the project. */
  file: string;
  /** The statement as it stands there, exactly once. */
  statement: string;
  instead: string;
  /** Which promises it must be seen to break, as the first problem of a run names them. */
  breaks: RegExp;
}

/** Every variant must be found by the simulation; one that cannot be found would say that nobody is watching there. */
export const mutations: readonly Mutation[] = [
  {
    name: 'acknowledges commands before they are committed',
    file: 'server/rooms/room.ts',
    statement: 'const started = performance.now();',
    instead: 'const started = performance.now(); commands.answer(decided.verdicts);',
    breaks: /^I1/,
  },
  {
    name: 'shows edits before they are committed',
    file: 'server/rooms/liveDocument.ts',
    statement: 'this.#resync(lost);\n    settle(settled);',
    instead:
      'this.#resync(lost); for (const { update } of request?.updates ?? []) this.#audience.stream(updateFrame(update));\n    settle(settled);',
    breaks: /^D1/,
  },
  {
    name: 'takes commands of an old epoch',
    file: 'shared/incident/decide.ts',
    statement: 'return command.epoch === state.epoch ? null',
    instead: 'return command.epoch <= state.epoch ? null',
    breaks: /^I7/,
  },
  {
    name: 'does not repair gaps',
    file: 'server/rooms/remoteCommits.ts',
    statement: 'this.#doubted = true;\n    this.#parts.wake();',
    instead: '',
    breaks: /^(I2|I5|end|I9)/,
  },
  {
    name: 'does not ask for the heads of logs',
    file: 'server/rooms/headWatch.ts',
    statement: 'if (rooms.size === 0 || asking) return;',
    instead: 'return;',
    breaks: /^(I2|I5|I9)/,
  },
  {
    name: 'forgets the edits of a commit that failed',
    file: 'server/rooms/room.ts',
    statement: 'for (const { document } of taken) document.failed();',
    instead: '',
    breaks: /^(end|I6)|again and again/,
  },
  {
    name: 'forgets the commands of a commit that failed',
    file: 'server/rooms/room.ts',
    statement: "commands.refuse(refuse('not_saved'));",
    instead: '',
    breaks: /^end/,
  },
  {
    name: 'counts positions in memory',
    file: 'server/rooms/commitAttempts.ts',
    statement: 'return request && (await store.commit(request));',
    instead:
      'if (!request) return null; const result = await store.commit(request); if (result.kind !== "behind") return result; const { head } = result; return store.commit({ ...request, expectedSeq: head.seq, expectedDocSeq: head.docSeq });',
    breaks: /^(I1|I7|I2)/,
  },
  {
    name: 'takes the answer that others were faster for its own commit',
    file: 'server/rooms/commitAttempts.ts',
    statement: "case 'behind':\n        if (isBehind)",
    instead:
      "case 'behind':\n        if (!isBehind) return { ...result, kind: 'committed', entries: [], documents: [] };\n        if (isBehind)",
    breaks: /^(I1|I2|end)/,
  },
  {
    name: 'applies what it missed after its own',
    file: 'server/rooms/room.ts',
    statement:
      'this.#documents.apply(missed.documents, []);\n    this.#documents.apply(documents, taken);\n    this.#tell([...before, ...this.#evolve(entries)], head, true);',
    instead:
      'this.#documents.apply(documents, taken);\n    this.#documents.apply(missed.documents, []);\n    this.#tell([...this.#evolve(entries), ...before], head, true);',
    breaks: /^(I2|I5|end|log|D)/,
  },
  {
    name: 'lets a room leave memory that people are in',
    file: 'server/rooms/room.ts',
    statement: 'this.#holders === 0 && ',
    instead: '',
    breaks: /^(T15|end)/,
  },
  {
    name: 'lets a room leave memory while somebody comes to it or a document is loaded',
    file: 'server/rooms/rooms.ts',
    statement: 'if (!room.idle() || given.clock.elapsed()',
    instead: 'if (given.clock.elapsed()',
    breaks: /^(D30|T15|end)/,
  },
  {
    name: 'lets a room leave memory while the store is asked where its log stands',
    file: 'server/rooms/rooms.ts',
    statement: 'const release = room.hold();\n    await room.remote.current().finally(release);',
    instead: 'await room.remote.current();',
    breaks: /^(D30|T15|end)/,
  },
  {
    name: 'opens a room twice when two come at once',
    file: 'server/rooms/rooms.ts',
    statement: 'opening.set(incidentId, pending);',
    instead: '',
    breaks: /^(T15|D30|end)/,
  },
  {
    name: 'believes what other instances tell',
    file: 'server/rooms/chainCheck.ts',
    statement: "return docHash === told.head.docHash && hash === told.head.hash ? 'continues' : 'broken';",
    instead: "return docHash === hash ? 'broken' : 'continues';",
    breaks: /^(T1|I2|D1|log)/,
  },
  {
    name: 'commits edits of those who lost the right while it read the store',
    file: 'server/rooms/documentInbox.ts',
    statement: 'item.author !== SYSTEM_ACTOR && !mayWrite(item.author)',
    instead: 'false',
    breaks: /^(I9|end)/,
  },
  {
    name: 'does not judge edits again after it was behind',
    file: 'server/rooms/room.ts',
    statement: 'batch.taken = this.#documents.takeAgain(batch.taken, MOST_UPDATES);',
    instead: '',
    breaks: /^I9/,
  },
  {
    name: 'keeps showing a document to those who were removed',
    file: 'server/rooms/room.ts',
    statement: 'if (fresh.some(changesRights)) this.#documents.rightsChanged(null);',
    instead: '',
    breaks: /^I9/,
  },
  {
    name: 'commits a repeated command again',
    file: 'server/rooms/decideBatch.ts',
    statement: 'const known = prepared.known ?? accepted.get(key) ?? null;',
    instead: 'const known = accepted.get(key) ?? null;',
    breaks: /^(I1|I3|log|end)/,
  },
  {
    name: 'keeps the people of an instance that died',
    file: 'server/rooms/peers.ts',
    statement: 'parts.gone(instance);',
    instead: '',
    breaks: /^end/,
  },
];

/**
 * Breaks the server in what is loaded from now on. The answer says, once everything is loaded, what is wrong with the
 * mutation itself: a statement that is not there any more would otherwise pass for a variant that nobody can find.
 */
export function breakServer({ file, statement, instead }: Mutation): () => string | null {
  let found = 0;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(`/${file}`) || !loaded.source) return loaded;
      const parts = textOf(loaded.source).split(statement);
      found += parts.length - 1;
      return { ...loaded, source: parts.join(instead) };
    },
  });
  return () => (found === 1 ? null : `${file} has ${found} times: ${statement}`);
}

function textOf(source: string | ArrayBuffer | ArrayBufferView): string {
  if (typeof source === 'string') return source;
  return new TextDecoder().decode(source);
}
