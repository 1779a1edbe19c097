import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultLimits } from '#shared/contract/limits.ts';
import { canonicalJson } from '#shared/contract/chain.ts';
import type { Entry } from '#shared/contract/entries.ts';
import { sha256 } from '../../server/rooms/hashing.ts';
import { judgeBundle } from '../../server/review/bundleJudge.ts';
import { isBundle, verifyBundleFile } from '../../server/review/bundleFile.ts';
import { readTar, tarEnd, tarMember } from '../../server/review/tar.ts';
import type { ArchiveFile } from '../../server/review/tar.ts';
import { startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';
import { PNG, recordStage } from '../support/recordStage.ts';
import type { RecordStage } from '../support/recordStage.ts';

let server: HttpServer;
/** Another installation. */
let other: HttpServer;
let admin: Member;
let stage: RecordStage;
let archive: Buffer;
const folder = mkdtempSync(join(tmpdir(), 'warroom-bundle-'));

beforeAll(async () => {
  server = await startHttp();
  other = await startHttp();
  admin = await other.member({ admin: true });
  stage = await recordStage(server);
  archive = await stage.bundle();
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([server.close(), other.close()]);
});

/** What the command line says of an archive. */
function verdictOf(bytes: Uint8Array) {
  const path = join(folder, 'a.tar');
  writeFileSync(path, bytes);
  return verifyBundleFile(path).verdict;
}

function importing(bytes: Uint8Array, given: { token?: string; type?: string } = {}) {
  const { token = admin.token, type = 'application/octet-stream' } = given;
  return other.ask({
    ...{ method: 'POST', url: '/api/bundles', token, payload: Buffer.from(bytes) },
    headers: { 'content-type': type },
  });
}

/** The archive written anew, with its files changed and its list made to fit. */
function rewritten(change: (file: ArchiveFile) => ArchiveFile[], from: Uint8Array = archive): Buffer {
  const files = [...readTar(from)].filter(({ path }) => path !== 'manifest.json').flatMap(change);
  const listed = files.map(({ path, bytes }) => ({ path, size: bytes.length, sha256: sha256(bytes) }));
  const manifest = { path: 'manifest.json', bytes: Buffer.from(canonicalJson({ files: listed })) };
  return Buffer.concat([...[...files, manifest].flatMap(tarMember), tarEnd()]);
}

/** Lines of a file changed. */
function withLines(path: string, change: (lines: string[]) => string[]): Buffer {
  return rewritten((file) => {
    if (file.path !== path) return [file];
    const lines = Buffer.from(file.bytes).toString('utf8').split('\n').slice(0, -1);
    return [
      {
        path,
        bytes: Buffer.from(
          change(lines)
            .map((line) => `${line}\n`)
            .join(''),
        ),
      },
    ];
  });
}

function changedBody(line: string, change: (body: Record<string, unknown>) => void): string {
  const { entry } = JSON.parse(line) as { entry: { body: string } };
  const body = JSON.parse(entry.body) as Record<string, unknown>;
  change(body);
  return canonicalJson({ entry: { ...entry, body: canonicalJson(body) } });
}

const ENTRIES = 'entries/000001.jsonl';

describe('a bundle', () => {
  test('[K1] holds log, batches, documents, files and names, and is verified without the server', () => {
    expect([...readTar(archive)].map(({ path }) => path)).toEqual([
      'bundle.json',
      'batches/000001.jsonl',
      'entries/000001.jsonl',
      'documents/main.yjs',
      'documents/main.md',
      `attachments/${sha256(PNG)}`,
      'people.jsonl',
      'anchors.jsonl',
      'manifest.json',
    ]);
    expect(verdictOf(archive)).toMatchObject({ difference: null, entries: 4, documents: 1, attachments: 1 });
    expect(isBundle(join(folder, 'a.tar'))).toBe(true);
  });

  test('[K1] withholds what its reader may not read in the room, and its place is proved all the same', async () => {
    const room = await server.rooms.open(stage.id);
    const body = { asker: 'somebody-outside', text: 'Are cards charged twice?' };
    await room?.submit({ type: 'question.ask', body, commandId: 'question-1' }, { kind: 'system' });
    const bystander = await server.member();
    const theirs = await stage.bundle(bystander.token);
    expect(theirs.includes('charged twice')).toBe(false);
    expect((await stage.bundle()).includes('charged twice')).toBe(true);
    expect(verdictOf(theirs)).toMatchObject({ difference: null, withheld: 1 });
    expect((await importing(theirs)).json()).toMatchObject({
      error: { code: 'invalid', details: { reason: 'bundle_withholds' } },
    });
  });

  test('[K2] one flipped byte, wherever it is, is found', () => {
    for (let at = 0; at < archive.length; at += 211) {
      const broken = Buffer.from(archive);
      broken[at] = (broken[at] ?? 0) ^ 0x04;
      expect(`${at} ${verdictOf(broken).difference ?? 'nothing'}`).not.toBe(`${at} nothing`);
    }
  });

  test.each([
    ['what somebody wrote', '주문이 실패합니다', 'entry #2'],
    ['a time', '"seq":3', 'entry #3'],
    ['the type', 'attachment.added', 'entry #4'],
    ['edits', '"payload":"', 'document batch #1'],
  ])('[K2] a flipped byte in %s names the right place', (_, text, place) => {
    const broken = Buffer.from(archive);
    const at = broken.indexOf(Buffer.from(text)) + Buffer.byteLength(text) - 1;
    const inside = text.endsWith('"') ? at + 20 : at;
    broken[inside] = (broken[inside] ?? 0) ^ 0x01;
    expect(verdictOf(broken).difference).toContain(place);
  });

  test('[K2] a flipped byte in a file names the file', () => {
    const broken = Buffer.from(archive);
    const at = broken.indexOf(PNG) + 20;
    broken[at] = (broken[at] ?? 0) ^ 0x01;
    expect(verdictOf(broken).difference).toContain(`file ${sha256(PNG)}`);
  });

  test('[K2] a document that is not what its batches make is found, though the list of files fits it', () => {
    const broken = rewritten((file) =>
      file.path === 'documents/main.md' ? [{ ...file, bytes: Buffer.from('All was well.\n') }] : [file],
    );
    expect(verdictOf(broken).difference).toBe('document main is not what its batches make');
  });
});

describe('a bundle that comes in', () => {
  test('[K4] is for administrators, and nothing but a file', async () => {
    const responder = await other.member();
    expect((await importing(archive, { token: responder.token })).statusCode).toBe(403);
    expect((await importing(archive, { type: 'application/json' })).statusCode).toBe(415);
    expect((await importing(archive, { type: 'application/x-tar' })).statusCode).toBe(415);
  });

  test.each<[string, () => Uint8Array]>([
    ['nothing', () => new Uint8Array(0)],
    ['no archive', () => Buffer.from('PK\u0003\u0004 a zip'.repeat(100))],
    ['one that breaks off', () => archive.subarray(0, 2_000)],
    ['one with something behind it', () => Buffer.concat([archive, Buffer.alloc(1_024, 1)])],
    ['a path out of its folder', () => rewritten((file) => [{ ...file, path: `../${file.path}` }])],
    ['an absolute path', () => rewritten((file) => [{ ...file, path: `/etc/${file.path}` }])],
    [
      'a file that no bundle has',
      () => rewritten((file) => [file, { path: `${file.path}.exe`, bytes: PNG }]),
    ],
    ['a symbolic link', () => withHeader(156, '2')],
    ['another owner', () => withHeader(108, '0000001')],
    ['a size past its end', () => withHeader(124, '77777777777')],
    ['a negative size', () => withHeader(124, '-0000000001')],
    ['an entry less', () => withLines(ENTRIES, ([one = '', , ...rest]) => [one, ...rest])],
    ['an entry twice', () => withLines(ENTRIES, ([one = '', ...rest]) => [one, one, ...rest])],
    [
      'a field more',
      () => withLines(ENTRIES, (lines) => lines.map((line) => line.replace('"at"', '"aa":1,"at"'))),
    ],
    ['another first entry', () => withLines(ENTRIES, (lines) => lines.toReversed())],
    [
      'a title that is no text',
      () =>
        withLines(ENTRIES, ([one = '', ...rest]) => [
          changedBody(one, (body) => (body['title'] = { toString: 'x' })),
          ...rest,
        ]),
    ],
    [
      'another incident in entry 1',
      () =>
        withLines(ENTRIES, ([one = '', ...rest]) => [
          changedBody(one, (body) => (body['id'] = 'other-id')),
          ...rest,
        ]),
    ],
    [
      'updates that are none',
      () =>
        withLines('batches/000001.jsonl', (lines) =>
          lines.map((line) => line.replace(/"payload":"[^"]+"/, '"payload":"//8="')),
        ),
    ],
  ])('[K4] %s is refused with one sentence that names the place', (_, make) => {
    const judged = judgeBundle(make(), defaultLimits);
    expect(judged).toMatchObject({ kind: 'refused', refusal: { reason: 'bundle_unreadable' } });
  });

  test('[K4] of one that is refused nothing is kept', async () => {
    const twice = withLines(ENTRIES, ([one = '', ...rest]) => [one, one, ...rest]);
    expect((await importing(twice)).json()).toMatchObject({
      error: { code: 'invalid', details: { reason: 'bundle_unreadable' } },
    });
    expect(await other.store.head(stage.id)).toBeNull();
    expect(await other.store.listAttachments(stage.id)).toEqual([]);
  });

  test('[K4] one that is larger than may be is refused before it is read', async () => {
    const small = await startHttp({ limits: { bundleBytes: 1_000 } });
    try {
      const { token } = await small.member({ admin: true });
      const headers = { 'content-type': 'application/octet-stream' };
      const answer = await small.ask({
        method: 'POST',
        url: '/api/bundles',
        token,
        headers,
        payload: archive,
      });
      expect(answer.statusCode).toBe(413);
    } finally {
      await small.close();
    }
  });

  /** The archive with some bytes of its first header changed, and its checksum made to fit. */
  function withHeader(at: number, text: string): Buffer {
    const changed = Buffer.from(archive);
    changed.write(text, at, 'latin1');
    changed.fill(0x20, 148, 156);
    const sum = changed.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return changed;
  }
});

describe('an imported incident', () => {
  let imported: { id: string; number: number; verified: boolean };
  let there: Entry[];

  beforeAll(async () => {
    const whole = await stage.bundle();
    const answer = await importing(whole);
    expect(answer.statusCode).toBe(201);
    imported = answer.json();
    there = (await server.store.readLog(stage.id, { after: 0, limit: 1_000 }))?.entries ?? [];
  });

  test('[K3] has the same log, entry for entry and hash for hash, and one entry that says where it came from', async () => {
    const log = await other.store.readLog(imported.id, { after: 0, limit: 1_000 });
    expect(log?.entries.slice(0, -1)).toEqual(there);
    expect(log?.entries.at(-1)).toMatchObject({
      ...{ type: 'incident.imported', actor: admin.id, seq: there.length + 1 },
      body: { number: imported.number, from: 1, verified: true },
    });
    expect(imported).toMatchObject({ id: stage.id, verified: true });
  });

  test('[K3] has the same documents and files, and leaves again as what it came as', async () => {
    const again = await other.ask({ url: `/api/incidents/${imported.id}/bundle`, token: admin.token });
    expect(verdictOf(again.rawPayload)).toMatchObject({ difference: null, attachments: 1 });
    const [before, after] = [await stage.bundle(), again.rawPayload].map((bytes) => [...readTar(bytes)]);
    for (const path of ['batches/000001.jsonl', 'documents/main.md', `attachments/${sha256(PNG)}`]) {
      const [one, two] = [before, after].map((files) => files?.find((file) => file.path === path)?.bytes);
      expect(Buffer.from(two ?? []).equals(Buffer.from(one ?? Buffer.alloc(1)))).toBe(true);
    }
  });

  test('[K3] goes on as any other: it is found, entered, replayed and added to', async () => {
    const url = `/api/incidents/${imported.id}`;
    const { state } = (await other.ask({ url, token: admin.token })).json<{
      state: { number: number; imported: object; title: string };
    }>();
    expect(state).toMatchObject({
      ...{ number: imported.number, title: '결제 장애' },
      imported: { from: 1, verified: true },
    });
    const hits = await other.ask({ url: '/api/search?query=실패합', token: admin.token });
    expect(hits.json<{ hits: object[] }>().hits).toMatchObject([{ incidentId: imported.id, seq: 2 }]);
    const chat = { type: 'chat.post', body: { text: 'from here on' } };
    const posted = await other.ask({
      method: 'POST',
      url: `${url}/commands`,
      token: admin.token,
      payload: chat,
    });
    expect(posted.json()).toEqual({ seq: there.length + 2 });
    const document = await other.ask({
      ...{ url: `${url}/document`, token: admin.token, headers: { accept: 'text/markdown' } },
    });
    expect(document.body).toContain('token=s3cret');
  });

  test('[K3] comes once', async () => {
    expect((await importing(await stage.bundle())).json()).toMatchObject({
      error: { code: 'already_exists', details: { reason: 'bundle_known' } },
    });
  });

  test('[K6] lets nobody in: who is not known here gets a name, and no account that works', async () => {
    const ida = other.directory.get(stage.ida.id);
    expect(ida).toMatchObject({ disabled: true, admin: false, access: 'stakeholder', passwordHash: null });
    expect(ida?.name).toBe(server.directory.get(stage.ida.id)?.name);
  });

  test('[K6] sends nothing to anybody', async () => {
    expect(await other.store.unfinishedBroadcasts([stage.id])).toEqual([]);
  });
});

describe('a bundle whose proof is broken', () => {
  let target: HttpServer;
  let owner: Member;
  beforeAll(async () => {
    target = await startHttp();
    owner = await target.member({ admin: true });
  });
  afterAll(() => target.close());

  test('[K5] is imported as unverified with its first difference, and can be proved from there on', async () => {
    const forged = withLines(ENTRIES, ([one = '', two = '', ...rest]) => [
      one,
      changedBody(two, (body) => (body['text'] = 'Ida did it')),
      ...rest,
    ]);
    const headers = { 'content-type': 'application/octet-stream' };
    const answer = await target.ask({
      ...{ method: 'POST', url: '/api/bundles', token: owner.token, payload: forged, headers },
    });
    const difference = 'first difference at entry #2: body does not match its hash';
    expect(answer.json()).toMatchObject({ verified: false, difference });
    const { state } = (await target.ask({ url: `/api/incidents/${stage.id}`, token: owner.token })).json<{
      state: object;
    }>();
    expect(state).toMatchObject({ imported: { verified: false } });
    const again = await target.ask({ url: `/api/incidents/${stage.id}/bundle`, token: owner.token });
    expect(verdictOf(again.rawPayload).difference).toBeNull();
  });
});
