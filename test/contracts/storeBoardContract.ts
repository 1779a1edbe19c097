import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fold } from '#shared/incident/evolve.ts';
import type { Store } from '../../server/rooms/ports.ts';
import type { StoreHarness } from './storeContract.ts';
import { ADA, BEN, chat, declared, START, wholeLog } from './storeSupport.ts';

const responder = (person: string) => ({ reader: { person, access: 'responder' as const } });

/** What every store promises about what follows from the log: board, search, redaction, deadlines. One storage for all. */
export function storeBoardContract(makeHarness: () => Promise<StoreHarness>): void {
  let harness: StoreHarness;
  let store: Store;
  beforeAll(async () => {
    harness = await makeHarness();
    store = await harness.open();
  });
  afterAll(async () => {
    await store.close();
    await harness.dispose();
  });

  const numbers = async (query: Partial<Parameters<Store['listIncidents']>[0]>, person = BEN) => {
    const page = await store.listIncidents({ ...responder(person), status: 'all', limit: 50, ...query });
    return page.incidents.map((incident) => incident.id);
  };

  describe('the board', () => {
    test('[S15] shows an incident as its last commit left it', async () => {
      const room = await declared(store, 'board-one1', { title: 'Checkout 장애', drill: true });
      await room.commit([
        { type: 'severity.set', body: { severity: 'SEV1', from: 'SEV3', reason: 'worse' } },
      ]);
      await room.commit([
        { type: 'incident.renamed', body: { title: 'Payments down', from: 'Checkout 장애' } },
      ]);
      await room.commit([
        {
          type: 'update.sent',
          body: { state: 'down', text: 'x', nextUpdateAt: '2026-03-14T04:00:00.000Z', number: 1 },
        },
      ]);
      await room.edit([new Uint8Array([1])]);
      const summary = await store.readSummary(room.id);
      expect(summary).toMatchObject({
        title: 'Payments down',
        severity: 'SEV1',
        drill: true,
        nextUpdateAt: '2026-03-14T04:00:00.000Z',
        head: room.head,
      });
      const page = await store.listIncidents({
        ...responder(BEN),
        status: 'open',
        limit: 5,
        text: 'PAYMENTS',
      });
      expect(page.incidents).toEqual([summary]);
    });

    test('[S15] lists open and ended ones apart, newest first, page by page, by number or part of the title', async () => {
      const ids = ['list-one1', 'list-two2', 'list-tri3', 'list-for4'];
      const rooms = [];
      for (const id of ids) rooms.push(await declared(store, id, { title: `50%_off 목록 ${id}` }));
      await rooms[1]?.commit([{ type: 'status.set', body: { status: 'resolved', from: 'investigating' } }]);
      expect(await numbers({ text: '목록', status: 'open' })).toEqual([
        'list-for4',
        'list-tri3',
        'list-one1',
      ]);
      expect(await numbers({ text: '목록'.normalize('NFD'), status: 'closed' })).toEqual(['list-two2']);
      const first = await store.listIncidents({ ...responder(BEN), status: 'all', text: '%_OFF', limit: 3 });
      expect(first.incidents.map((incident) => incident.id)).toEqual(['list-for4', 'list-tri3', 'list-two2']);
      const rest = await numbers({ text: '%_off', ...(first.next === null ? {} : { after: first.next }) });
      expect(rest).toEqual(['list-one1']);
      expect(await numbers({ text: '5__' })).toEqual([]);
      const number = (await store.readSummary('list-tri3'))?.number ?? 0;
      expect(await numbers({ text: `inc-${number}` })).toEqual(['list-tri3']);
    });

    test('[S16] private incidents are listed and found for members and who broke the glass, and for nobody else', async () => {
      const room = await declared(store, 'private-one1', { title: 'quiet breach', private: true });
      await room.commit([{ type: 'member.added', body: { person: 'new-member' } }]);
      await room.commit([chat('leaked credentials')]);
      const sees = async (person: string) => {
        const listed = await numbers({ text: 'quiet' }, person);
        const { hits } = await store.search({ reader: { person }, text: 'leaked', limit: 5 });
        return [listed.length, hits.length];
      };
      expect(await sees(BEN)).toEqual([0, 0]);
      expect(await sees(ADA)).toEqual([1, 1]);
      expect(await sees('new-member')).toEqual([1, 1]);
      await room.commit([{ type: 'member.removed', body: { person: 'new-member' } }]);
      expect(await sees('new-member')).toEqual([0, 0]);
      await room.commit([{ type: 'access.broken', body: { reason: 'drill', person: 'root-admin' } }]);
      expect(await sees('root-admin')).toEqual([1, 1]);
      expect((await store.readSummary(room.id))?.members).toEqual([ADA]);
    });

    test('[S16] stakeholders are listed nothing', async () => {
      await declared(store, 'stake-one1');
      const query = {
        reader: { person: ADA, access: 'stakeholder' as const },
        status: 'all' as const,
        limit: 5,
      };
      expect(await store.listIncidents(query)).toEqual({ incidents: [], next: null });
    });

    test('[S17] a pending offer is found by whom it is made to, until it ends', async () => {
      const room = await declared(store, 'offer-one1');
      const brief = { seq: 1 } as never;
      const expiresAt = '2026-03-14T03:10:00.000Z';
      await room.commit([
        {
          type: 'handoff.offered',
          body: { offer: 'offer-0001', from: ADA, to: 'the-receiver', brief, expiresAt },
        },
      ]);
      expect(await store.incidentsOfferedTo('the-receiver')).toEqual([room.id]);
      await room.commit([{ type: 'handoff.withdrawn', body: { offer: 'offer-0001' } }]);
      expect(await store.incidentsOfferedTo('the-receiver')).toEqual([]);
    });
  });

  describe('search', () => {
    const texts = async (text: string, given: Partial<Parameters<Store['search']>[0]> = {}) =>
      (await store.search({ reader: { person: BEN }, text, limit: 20, ...given })).hits.map(
        (hit) => hit.text,
      );

    test('[S18] finds parts of words, two Korean syllables and English alike, in any case and either Unicode form', async () => {
      const room = await declared(store, 'search-one1');
      const scoped = { incidentId: room.id };
      await room.commit([
        chat('결제서비스장애발생'),
        chat('Timeout ON ÉCLAIR db-7'.normalize('NFD')),
        chat('50% of "all" AND (x*)'),
      ]);
      const found = (words: string[]) => Promise.all(words.map((word) => texts(word, scoped)));
      const each = (words: string[], ...hits: string[]) => words.map(() => hits);
      const korean = ['장애', '비스', '결제', '생', '장애'.normalize('NFD')];
      expect(await found(korean)).toEqual(each(korean, '결제서비스장애발생'));
      const latin = ['time', 'OUT', 'éclair', 'b-7', 'n é', '7'];
      expect(await found(latin)).toEqual(each(latin, 'Timeout ON ÉCLAIR db-7'));
      const signs = ['"all"', '50%', '(x*)', ' AND ', '*'];
      expect(await found(signs)).toEqual(each(signs, '50% of "all" AND (x*)'));
      const absent = ['장해', '애장', 'timeouts', '', '  ', 'NOT'];
      expect(await found(absent)).toEqual(each(absent));
    });

    test('[S18] hits are newest first over all incidents, and pages neither repeat nor leave out', async () => {
      const [one, two] = [await declared(store, 'pages-one1'), await declared(store, 'pages-two2')];
      for (let n = 0; n < 7; n += 1) {
        const room = n % 2 === 0 ? one : two;
        await room.commit([chat(`needle ${n}`), chat('hay')], { now: START + 100_000 + n });
      }
      const found: string[] = [];
      let after: string | null = '';
      while (after !== null) {
        const page = await store.search({
          reader: { person: BEN },
          text: 'needle',
          limit: 3,
          ...(after === '' ? {} : { after }),
        });
        found.push(...page.hits.map((hit) => hit.text));
        after = page.next;
      }
      expect(found).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `needle ${n}`));
    });

    test('[S18] a long text is shown around the hit', async () => {
      const room = await declared(store, 'snippet-one1');
      await room.commit([chat(`${'가'.repeat(500)}\n바늘 here ${'나'.repeat(500)}`)]);
      const [text = ''] = await texts('바늘 HERE');
      expect(text).toContain('가 바늘 here 나');
      expect(text.length).toBeLessThan(200);
      expect([text.at(0), text.at(-1)]).toEqual(['…', '…']);
    });

    test('[S18] raw output with NUL in a document is found, and NUL in a question is a blank', async () => {
      const room = await declared(store, 'nul-one1');
      await room.edit([new Uint8Array([1])]);
      await store.saveSearchText(room.id, 'main', 2, 'core\0dump of 결제');
      expect(await texts('결제', { incidentId: room.id })).toEqual(['core dump of 결제']);
      expect(await texts('core\0dump', { incidentId: room.id })).toEqual(['core dump of 결제']);
      const reader = { person: BEN, access: 'responder' as const };
      expect(
        (await store.listIncidents({ reader, status: 'all', text: 'no\0such', limit: 5 })).incidents,
      ).toEqual([]);
    });

    test('[S19] a document is found by the Markdown of its newest checkpoint, and by nothing older', async () => {
      const room = await declared(store, 'docs-one1');
      await room.edit([new Uint8Array([1])]);
      await room.edit([new Uint8Array([2])]);
      await store.saveCheckpoint(room.id, 'main', 2, new Uint8Array([2]), '## Impact\n\nolder 문서내용');
      expect(await texts('문서')).toEqual(['## Impact older 문서내용']);
      await store.saveCheckpoint(room.id, 'main', 3, new Uint8Array([3]), '## Impact\n\nnewer 문서내용');
      await store.saveCheckpoint(room.id, 'main', 1, new Uint8Array([1]), 'saved late 문서내용');
      const { hits } = await store.search({ reader: { person: BEN }, text: '문서', limit: 5 });
      expect(hits).toMatchObject([{ incidentId: room.id, docSeq: 3, text: '## Impact newer 문서내용' }]);
      expect(hits[0]).not.toHaveProperty('seq');
      await expect(store.saveCheckpoint(room.id, 'nothing', 1, new Uint8Array(), '')).rejects.toThrow(
        'no document',
      );
    });
  });

  describe('redaction', () => {
    test('[S20] erases text and salt from the entry, the search and every kept state, and keeps what is left provable', async () => {
      const room = await declared(store, 'redact-one1');
      await room.commit([{ type: 'doing.set', body: { text: 'password is hunter2' } }]);
      // Enough entries that a state which repeats the text is kept.
      await room.commit(Array.from({ length: 510 }, (_, n) => chat(`${n}`)));
      const before = await store.readEntry(room.id, 2);
      const result = await room.commit([{ type: 'entry.redacted', body: { seq: 2, reason: 'a secret' } }], {
        erasures: [{ seq: 2, fields: ['text'] }],
      });
      const after = await store.readEntry(room.id, 2);
      expect(after).toEqual({ ...before, body: {}, salt: null, redacted: true });
      expect(result.entries[0]?.body).toMatchObject({
        seq: 2,
        remainderHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect((await store.search({ reader: { person: BEN }, text: 'hunter2', limit: 5 })).hits).toEqual([]);
      const log = await wholeLog(store, room.id);
      for (const seq of [2, 512, 513]) {
        const at = await store.stateAt(room.id, seq);
        expect(JSON.stringify(at)).not.toContain('hunter2');
        expect(fold(at?.state ?? null, at?.entries ?? [])).toEqual(fold(null, log.slice(0, seq)));
      }
      expect((await store.loadRoom(room.id))?.entries.length).toBeLessThan(500);
    });

    test('[S20] what may stay of an entry stays, and is found', async () => {
      const room = await declared(store, 'redact-two2');
      await room.commit([
        { type: 'update.sent', body: { state: 'degraded zebra', text: 'secret zebra', number: 1 } },
      ]);
      await room.commit([{ type: 'entry.redacted', body: { seq: 2, reason: 'r' } }], {
        erasures: [{ seq: 2, fields: ['text'] }],
      });
      expect((await store.readEntry(room.id, 2))?.body).toEqual({ state: 'degraded zebra', number: 1 });
      const { hits } = await store.search({ reader: { person: BEN }, text: 'zebra', limit: 5 });
      expect(hits.map((hit) => hit.text)).toEqual(['degraded zebra']);
    });

    test('[S20] a redaction that cannot be carried out stores nothing', async () => {
      const room = await declared(store, 'redact-tri3');
      const request = room.request([{ type: 'entry.redacted', body: { seq: 9, reason: 'r' } }], {
        erasures: [{ seq: 9, fields: ['text'] }],
        state: null,
      });
      await expect(store.commit(request)).rejects.toThrow('no entry 9');
      expect((await store.head(room.id))?.seq).toBe(1);
    });
  });

  test('[S21] deadlines are set and cleared by the commit, and come up in the order they fall due', async () => {
    const room = await declared(store, 'due-one1');
    const deadline = (id: string, dueAt: number) => ({
      incidentId: room.id,
      id,
      dueAt,
      command: { type: 'handoff.expire', body: { offer: id } },
    });
    const [late, soon, gone] = [
      deadline('due-late', 3_000),
      deadline('due-soon', 2_000),
      deadline('due-gone', 1_000),
    ];
    await room.commit([chat('a')], { deadlines: { set: [late, soon, gone], clear: [] } });
    expect(await store.nextDeadline()).toBe(1_000);
    await room.commit([chat('b')], { deadlines: { set: [{ ...late, dueAt: 2_500 }], clear: ['due-gone'] } });
    expect(await store.dueDeadlines(2_499, 10)).toEqual([soon]);
    expect(await store.dueDeadlines(9_000, 10)).toEqual([soon, { ...late, dueAt: 2_500 }]);
    expect(await store.dueDeadlines(9_000, 1)).toEqual([soon]);
    const behind = room.request([chat('c')], {
      expectedSeq: 1,
      deadlines: { set: [gone], clear: ['due-soon'] },
    });
    expect((await store.commit(behind)).kind).toBe('behind');
    await store.clearDeadlines(room.id, ['due-soon', 'due-unknown']);
    expect(await store.nextDeadline()).toBe(2_500);
    await store.clearDeadlines(room.id, ['due-late']);
    expect(await store.nextDeadline()).toBeNull();
  });
}
