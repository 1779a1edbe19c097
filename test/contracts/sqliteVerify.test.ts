import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anchorsPath, parseAnchors } from '../../server/store/anchors.ts';
import { verifyExport } from '../../server/store/exportFile.ts';
import { exportIncident } from '../../server/store/sqliteMaintenance.ts';
import { batchHash, bodyHash, entryHash, sha256 } from '../../server/rooms/hashing.ts';
import { databasePath, openForWriting, Queries } from '../../server/store/sqliteDatabase.ts';
import { verifyFolder } from '../../server/store/sqliteVerify.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { chat, declared, START } from './storeSupport.ts';

// One data directory that was closed in order; each test changes a copy of it.
const original = mkdtempSync(join(tmpdir(), 'warroom-verify-'));
const copies: string[] = [];

beforeAll(async () => {
  const store = await openSqliteStore({ folder: original });
  const room = await declared(store, 'incident-one1');
  await room.edit([new Uint8Array([1, 2, 3])]);
  await room.commit([chat('결제 장애'), chat('a password')]);
  await room.edit([new Uint8Array([4]), new Uint8Array([5, 6])]);
  await room.commit([{ type: 'severity.set', body: { severity: 'SEV1', from: 'SEV3', reason: 'worse' } }]);
  await room.commit([{ type: 'entry.redacted', body: { seq: 4, reason: 'r' } }], {
    erasures: [{ seq: 4, fields: ['reason'] }],
  });
  await room.commit([chat('the last word')]);
  await declared(store, 'incident-two2');
  await store.appendSystemEntry({ now: START, actor: 'ada', type: 'person.added', body: { person: 'ben' } });
  await store.close();
});
afterAll(() => {
  for (const folder of [original, ...copies]) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the data directory. */
function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'warroom-verify-'));
  copies.push(folder);
  copyFileSync(databasePath(original), databasePath(folder));
  copyFileSync(anchorsPath(original), anchorsPath(folder));
  return folder;
}

function change(folder: string, ...statements: [string, ...unknown[]][]): void {
  const db = new Database(databasePath(folder));
  db.pragma('foreign_keys = OFF');
  for (const [statement, ...values] of statements) db.prepare(statement).run(...values);
  db.close();
}

function verify(folder: string, only?: number) {
  const queries = new Queries(openForWriting(databasePath(folder)));
  try {
    return verifyFolder(queries, folder, only);
  } finally {
    queries.close();
  }
}

/** What verify says about logs that do not match, as the command line prints it. */
function differences(folder: string): string[] {
  return verify(folder).logs.flatMap(({ name, difference }) =>
    difference === null ? [] : [`${name}: ${difference}`],
  );
}

describe('verify', () => {
  test('[S33] finds that everything matches, with its heads anchored, also after a redaction', () => {
    const { damage, logs, unreadableAnchors } = verify(original);
    expect([damage, unreadableAnchors]).toEqual([[], 0]);
    expect(logs.map((log) => [log.name, log.entries, log.batches, log.difference])).toEqual([
      ['INC-1', 6, 3, null],
      ['INC-2', 1, 1, null],
      ['system log', 1, 0, null],
    ]);
    expect(logs.every((log) => log.anchors > 0)).toBe(true);
    expect(verify(original, 1).logs.map((log) => log.name)).toEqual(['INC-1']);
    expect(() => verify(original, 9)).toThrow('There is no incident INC-9.');
  });

  const flipped = (column: string) =>
    `update %s set ${column} = case typeof(${column})
       when 'integer' then ${column} + 1
       when 'blob' then cast(substr(${column}, 1, length(${column}) - 1) || x'2a' as blob)
       else substr(${column}, 1, length(${column}) - 1) || '~' end where %w`;
  const entryWhere = "incident_id = 'incident-one1' and seq = 3";
  const batchWhere = "incident_id = 'incident-one1' and doc_seq = 2";

  test.each(
    'at actor type version body command_id doc_seq doc_hash salt body_hash prev_hash hash redacted'.split(
      ' ',
    ),
  )('[S34] names the entry in which one character of %s was changed', (column) => {
    const folder = copy();
    const statement = flipped(column).replace('%s', 'entries').replace('%w', entryWhere);
    change(folder, [statement]);
    const [difference, ...more] = differences(folder);
    expect(difference).toMatch(/^INC-1: first difference at entry #3: /);
    expect(more).toEqual([]);
  });

  test.each('name seq_before at payload payload_hash prev_doc_hash doc_hash'.split(' '))(
    '[S34] names the document batch in which one byte of %s was changed',
    (column) => {
      const folder = copy();
      change(folder, [flipped(column).replace('%s', 'document_batches').replace('%w', batchWhere)]);
      expect(differences(folder)).toEqual([
        expect.stringMatching(/^INC-1: first difference at document batch #2: /),
      ]);
    },
  );

  test('[S34] says it in the words of the documentation', () => {
    const folder = copy();
    change(folder, ["update entries set body = replace(body, '장애', '정상') where type = 'chat.posted'"]);
    expect(differences(folder)).toEqual([
      'INC-1: first difference at entry #2: body does not match its hash',
    ]);
  });

  test.each([
    ['a number that is missing', 'delete from entries where seq = 3', 'entry #3: it is missing, #4 follows'],
    [
      'a batch that is missing',
      'delete from document_batches where doc_seq = 2',
      'document batch #2: it is missing, #3 follows',
    ],
    [
      'what is left of a redacted body',
      `update entries set body = replace(body, 'SEV1', 'SEV4') where seq = 4`,
      'entry #4: what is left of it does not match redaction #5',
    ],
    [
      'a redaction that nobody made',
      `update entries set body = '{}', salt = null, redacted = 1 where seq = 2`,
      'entry #2: it is redacted, but no entry says so',
    ],
  ])('[S34] names %s', (_, statement, expected) => {
    const folder = copy();
    change(folder, [
      `${statement} ${statement.includes('where') ? "and incident_id = 'incident-one1'" : ''}`,
    ]);
    expect(differences(folder)).toEqual([`INC-1: first difference at ${expected}`]);
  });

  test('[S35] a tail that was cut, head and all, shows against the anchors', () => {
    const folder = copy();
    change(
      folder,
      ["delete from entries where incident_id = 'incident-one1' and seq = 6"],
      [
        `update heads set seq = 5, hash = (select hash from entries where incident_id = 'incident-one1' and seq = 5)
           where incident_id = 'incident-one1'`,
      ],
    );
    expect(differences(folder)).toEqual([
      expect.stringMatching(/^INC-1: the log ends at entry #5, but #6 was anchored at 2\d{3}-/),
    ]);
  });

  test('[S35] a log that was rewritten with hashes that match shows against the anchors', () => {
    const folder = copy();
    rewriteLastEntry(folder);
    expect(differences(folder)).toEqual([
      expect.stringMatching(/^INC-1: entry #6 is not the one that was anchored at /),
    ]);
    rmSync(anchorsPath(folder));
    expect(differences(folder)).toEqual([]);
  });

  test('[S35] a log that is gone altogether shows against the anchors', () => {
    const folder = copy();
    for (const table of ['entries', 'document_batches', 'heads', 'incident_readers']) {
      change(folder, [`delete from ${table} where incident_id = 'incident-two2'`]);
    }
    change(folder, ["delete from incidents where id = 'incident-two2'"]);
    expect(differences(folder)).toEqual(['incident-two2: the whole log is missing, but it was anchored']);
  });

  test('[S35] a line of the anchors file that was cut is counted, and hides no other', () => {
    const folder = copy();
    const text = readFileSync(anchorsPath(folder), 'utf8');
    writeFileSync(anchorsPath(folder), `${text}{"at":"2026-\n\n[]\n${text}`);
    const found = verify(folder);
    expect(found.unreadableAnchors).toBe(2);
    expect(parseAnchors(text).anchors).toHaveLength(
      found.logs.reduce((sum, log) => sum + log.anchors, 0) / 2,
    );
  });
});

/** Changes the last entry of INC-1 and makes every hash after it match again. */
function rewriteLastEntry(folder: string): void {
  const db = new Database(databasePath(folder));
  const where = "incident_id = 'incident-one1' and seq = 6";
  const row = db.prepare<[], Record<string, string>>(`select * from entries where ${where}`).get() ?? {};
  const body = '{"text":"another last word"}';
  const newBodyHash = bodyHash(row['salt'] ?? '', body);
  const hash = entryHash({
    incidentId: 'incident-one1',
    seq: 6,
    at: row['at'] ?? '',
    actor: row['actor'] ?? '',
    type: row['type'] ?? '',
    version: Number(row['version']),
    commandId: row['command_id'] ?? null,
    docSeq: Number(row['doc_seq']),
    docHash: row['doc_hash'] ?? '',
    bodyHash: newBodyHash,
    prevHash: row['prev_hash'] ?? '',
  });
  db.prepare(`update entries set body = ?, body_hash = ?, hash = ? where ${where}`).run(
    body,
    newBodyHash,
    hash,
  );
  db.prepare("update heads set hash = ? where incident_id = 'incident-one1'").run(hash);
  db.close();
}

describe('exports', () => {
  test('[S36] an export is verified by itself, and a changed byte in it is named', () => {
    const file = join(copy(), 'INC-1.jsonl');
    const queries = new Queries(openForWriting(databasePath(original)));
    expect(() => exportIncident(queries, 9, file)).toThrow('There is no incident INC-9.');
    exportIncident(queries, 1, file);
    queries.close();
    expect(verifyExport(file)).toMatchObject({ name: 'INC-1', entries: 6, batches: 3, difference: null });
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('결제', '경제'));
    expect(verifyExport(file).difference).toBe('first difference at entry #2: body does not match its hash');
    writeFileSync(file, text.split('\n').slice(0, -2).join('\n'));
    expect(verifyExport(file).difference).toBe('the log ends at entry #5, but its head is #6');
    writeFileSync(file, 'no export');
    expect(() => verifyExport(file)).toThrow('not JSON');
    writeFileSync(file, '{}');
    expect(() => verifyExport(file)).toThrow('not an export of this version');
  });

  test('[S36] the recipe of docs/verify.md gives the stored hashes', () => {
    const recipe = {
      body: sha256('00112233445566778899aabbccddeeff{"text":"가"}'),
      batch: sha256(
        '{"at":"2026-03-14T03:00:00.000Z","docSeq":1,"incidentId":"incident-one1","name":"main","payloadHash":"aa","prevDocHash":"bb","seqBefore":0}',
      ),
    };
    expect(bodyHash('00112233445566778899aabbccddeeff', '{"text":"가"}')).toBe(recipe.body);
    const at = '2026-03-14T03:00:00.000Z';
    const batch = { incidentId: 'incident-one1', name: 'main', docSeq: 1, seqBefore: 0, at };
    expect(batchHash({ ...batch, payloadHash: 'aa', prevDocHash: 'bb' })).toBe(recipe.batch);
    expect(
      entryHash({
        ...{ incidentId: 'incident-one1', seq: 1, at, actor: 'ada', type: 'chat.posted', version: 1 },
        ...{ commandId: null, docSeq: 1, docHash: 'dd', bodyHash: 'cc', prevHash: 'ee' },
      }),
    ).toBe(
      sha256(
        '{"actor":"ada","at":"2026-03-14T03:00:00.000Z","bodyHash":"cc","commandId":null,"docHash":"dd","docSeq":1,"incidentId":"incident-one1","prevHash":"ee","seq":1,"type":"chat.posted","version":1}',
      ),
    );
  });
});
