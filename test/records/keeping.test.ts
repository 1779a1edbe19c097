import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { plainFileName } from '#shared/incident/keeping.ts';
import { sha256 } from '../../server/rooms/hashing.ts';
import { indexRanges, redactUpdate } from '../../server/rooms/redactUpdate.ts';
import { readBundle } from '../../server/review/bundleReader.ts';
import { proveBundle } from '../../server/review/bundleProof.ts';
import { fileType } from '../../server/review/fileType.ts';
import { startHttp } from '../support/httpServer.ts';
import type { HttpServer } from '../support/httpServer.ts';
import { PNG, recordStage } from '../support/recordStage.ts';
import type { RecordStage } from '../support/recordStage.ts';

let server: HttpServer;
let stage: RecordStage;
beforeAll(async () => {
  server = await startHttp({ limits: { attachmentBytes: 4_096, attachmentsBytes: 8_192 } });
  stage = await recordStage(server);
}, 60_000);
afterAll(() => server.close());

const fileOf = (hash: string, token: string | null = stage.ida.token, query = '') =>
  server.ask({
    url: `/api/incidents/${stage.id}/attachments/${hash}${query}`,
    ...(token === null ? {} : { token }),
  });

describe('attached files', () => {
  test.each<[string, Uint8Array, string]>([
    ['a picture', PNG, 'image/png'],
    ['markup that runs', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'), 'text/plain'],
    ['a page', Buffer.from('<!doctype html><script>x()</script>'), 'text/plain'],
    ['an archive', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), 'application/octet-stream'],
    ['a document', Buffer.from('%PDF-1.7\n\0'), 'application/pdf'],
  ])('[K7] %s is what its bytes say, whatever its name does', (_, bytes, type) => {
    expect(fileType(bytes)).toBe(type);
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\a\\b.png', 'b.png'],
    ['a\u202Egnp.exe', 'agnp.exe'],
    ['line\r\nbreak: x.png', 'line break_ x.png'],
    ['\u1112\u1161\u11ab.png', '한.png'],
    ['...', 'file'],
    [`${'x'.repeat(300)}.png`, `${'x'.repeat(116)}.png`],
  ])('[K7] the name %j is kept as %j', (given, kept) => {
    expect(plainFileName(given)).toBe(kept);
  });

  test('[K7] who attached which stands in the log, by the hash of its bytes', async () => {
    const answer = await stage.upload(PNG, '그래프.png');
    expect(answer.json()).toMatchObject({
      hash: sha256(PNG),
      name: '그래프.png',
      type: 'image/png',
      size: PNG.length,
    });
    const entry = await server.store.readEntry(stage.id, answer.json<{ seq: number }>().seq);
    expect(entry).toMatchObject({
      type: 'attachment.added',
      actor: stage.ida.id,
      body: { hash: sha256(PNG) },
    });
  });

  test('[K7] one that was not uploaded here cannot be attached', async () => {
    expect(await stage.give('attachment.add', { hash: 'a'.repeat(64), name: 'x' })).toMatchObject({
      ...{ status: 409, body: { error: { details: { reason: 'unknown_attachment' } } } },
    });
  });

  test('[K7] an empty one, one too large, and one past the room of the incident are refused', async () => {
    expect((await stage.upload(new Uint8Array(0), 'a')).statusCode).toBe(400);
    expect((await stage.upload(new Uint8Array(4_096).fill(1), 'a')).statusCode).toBe(201);
    expect((await stage.upload(new Uint8Array(4_097), 'a')).statusCode).toBe(413);
    expect((await stage.upload(new Uint8Array(3_500).fill(2), 'a')).statusCode).toBe(201);
    const full = await stage.upload(new Uint8Array(3_500).fill(3), 'a');
    expect(full.json()).toMatchObject({ error: { details: { reason: 'attachments_full' } } });
    expect((await stage.upload(new Uint8Array(3_500).fill(2), 'the same again')).statusCode).toBe(201);
  });

  test('[K8] is saved, never opened, and asked for again each time, on refusals as on answers', async () => {
    const found = await fileOf(sha256(PNG), undefined, `?name=${encodeURIComponent('"한\r\n.png')}`);
    expect(found.rawPayload.equals(PNG)).toBe(true);
    const missing = await fileOf('b'.repeat(64));
    const strange = await fileOf('..%2f..%2fsecret');
    const unknown = await fileOf(sha256(PNG), null);
    expect([missing, strange, unknown].map((answer) => answer.statusCode)).toEqual([404, 404, 401]);
    for (const { headers } of [found, missing, strange, unknown]) {
      expect(headers).toMatchObject({
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-cache',
      });
    }
    expect(found.headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': `attachment; filename="__ .png"; filename*=UTF-8''_%ED%95%9C%20.png`,
    });
  });

  test('[K8] is for who may enter, and known in its own incident alone', async () => {
    const { token } = await server.member({ access: 'stakeholder' });
    expect((await fileOf(sha256(PNG), token)).statusCode).toBe(404);
    const made = await server.ask({
      ...{ method: 'POST', url: '/api/incidents', token: stage.ida.token, payload: { title: 'another' } },
    });
    const url = `/api/incidents/${made.json<{ id: string }>().id}/attachments/${sha256(PNG)}`;
    expect((await server.ask({ url, token: stage.ida.token })).statusCode).toBe(404);
  });

  test('[K11] redacting the entry removes the file itself', async () => {
    const bytes = Buffer.from('password=1234');
    const { seq, hash } = (await stage.upload(bytes, 'secret.txt')).json<{ seq: number; hash: string }>();
    expect((await stage.give('entry.redact', { seq, reason: 'a secret' }, 1)).status).toBe(200);
    expect((await fileOf(hash)).statusCode).toBe(404);
    const entry = await server.store.readEntry(stage.id, seq);
    expect(entry?.body).toEqual({ type: 'text/plain', size: bytes.length });
    expect(proveBundle(readBundle(await stage.bundle())).difference).toBeNull();
  });
});

describe('a redaction of a document', () => {
  const deleted = async (token = stage.ida.token) =>
    server.ask({ url: `/api/incidents/${stage.id}/document/deleted`, token });
  const redact = (ranges: object[], reason = 'a secret') =>
    stage.give('document.redact', { name: 'main', ranges, reason }, 1);

  test('[K9] replaces text by as much of it, and leaves every position what it was', () => {
    const doc = new Y.Doc();
    doc.clientID = 5;
    const text = doc.getText('scratch');
    text.insert(0, 'a가🔥é-secret');
    const update = Y.encodeStateAsUpdate(doc);
    const redacted = redactUpdate(update, indexRanges([{ client: 5, clock: 1, length: 4 }]));
    expect(redacted.changed).toBe(3);
    expect(redacted.update).toHaveLength(update.length);
    const other = new Y.Doc();
    Y.applyUpdate(other, redacted.update);
    expect(other.getText('scratch').toJSON()).toBe('a█🟫¤-secret');
    expect(Y.encodeStateVector(other)).toEqual(Y.encodeStateVector(doc));
    expect(redactUpdate(update, indexRanges([{ client: 6, clock: 0, length: 99 }])).changed).toBe(0);
  });

  test('[K9] takes the address out of a link', () => {
    const doc = new Y.Doc();
    doc.clientID = 5;
    doc.getText('scratch').insert(0, 'see', { link: { href: 'https://x.test/?key="가' } });
    const update = Y.encodeStateAsUpdate(doc);
    const { update: redacted } = redactUpdate(update, indexRanges([{ client: 5, clock: 0, length: 5 }]));
    expect(Buffer.from(redacted).includes('https')).toBe(false);
    const other = new Y.Doc();
    Y.applyUpdate(other, redacted);
    const [{ attributes } = {}] = other.getText('scratch').toDelta() as { attributes?: { link: object } }[];
    expect(Object.keys(attributes?.link ?? {})).toEqual(['href']);
  });

  test('[K10] what is still shown, what never was, and who does not command are refused', async () => {
    const shown = [{ client: 77, clock: 0, length: 5 }];
    expect((await redact(shown)).body).toMatchObject({ error: { details: { reason: 'still_shown' } } });
    const never = [{ client: 78, clock: 0, length: 5 }];
    expect((await redact(never)).body).toMatchObject({ error: { details: { reason: 'unknown_range' } } });
    expect((await redact(shown, ' ')).status).toBe(400);
    const { token } = await server.member();
    expect((await deleted(token)).statusCode).toBe(403);
  });

  test('[K9] erases what was deleted from the history, the chain stays whole, and a replay shows what is left', async () => {
    const text = stage.typist.doc.getText('scratch');
    text.delete(6, 13);
    await stage.typist.saved();
    const found = (await deleted()).json<{ deleted: { text: string; by: string; ranges: object[] }[] }>()
      .deleted;
    expect(found).toEqual([
      {
        text: 's3cret 가나다 🔥',
        by: stage.ida.id,
        ranges: [{ client: 77, clock: 6, length: 13 }],
      },
    ]);
    expect((await redact(found[0]?.ranges ?? [])).status).toBe(200);

    const batches = await server.store.readBatches(stage.id, 'main', 0, 100);
    const raw = Buffer.concat(
      batches.flatMap(({ updates }) => updates.map(({ update }) => Buffer.from(update))),
    );
    expect(raw.includes('s3cret')).toBe(false);
    expect(raw.includes('token=')).toBe(true);
    const bundle = readBundle(await stage.bundle());
    expect(proveBundle(bundle).difference).toBeNull();
    const said = bundle.entries.find(({ type }) => type === 'document.redacted');
    expect(JSON.parse(said?.body ?? '{}')).toMatchObject({ reason: 'a secret', batches: [{ docSeq: 2 }] });
    expect((await deleted()).json()).toEqual({ deleted: [] });
    const again = await redact([{ client: 77, clock: 6, length: 13 }]);
    expect(again.body).toMatchObject({ error: { details: { reason: 'nothing_to_erase' } } });
  });

  test('[K9] a rewritten batch that no redaction tells of, or another than it tells, is a difference', async () => {
    const bundle = readBundle(await stage.bundle());
    const [batch] = bundle.batches.filter(({ doc_seq: docSeq }) => docSeq === 2);
    if (!batch) throw new Error('There is no batch.');
    batch.payload = batch.payload.slice();
    const at = Buffer.from(batch.payload).indexOf('token');
    batch.payload[at] = 0x78;
    expect(proveBundle(bundle).difference).toContain(
      'document batch #2: what is left of it does not match redaction',
    );
  });
});

describe('the erasure of a person', () => {
  test('[K12] takes name, address and way in; what the log says of the id stays', async () => {
    const admin = await server.member({ admin: true });
    const ben = await server.member({ email: 'ben.kim@example.test' });
    const target = {
      ...{ id: 'target-ben1', list: 'audience-1', address: 'Ben.Kim@example.test' },
      channel: 'mail',
      ...{ name: 'Ben', locale: null, secret: null, createdAt: 0, createdBy: admin.id },
      state: 'active',
    } as const;
    await server.store.saveTarget(target);
    const erase = (email: string, token = admin.token) =>
      server.ask({ method: 'POST', url: `/api/people/${ben.id}/erasure`, token, payload: { email } });
    expect((await erase('other@example.test')).json()).toMatchObject({
      error: { details: { reason: 'other_address' } },
    });
    const done = await erase('ben.kim@example.test');
    expect(done.json()).toMatchObject({
      ...{
        id: ben.id,
        name: 'Erased person',
        email: `${ben.id}@erased.invalid`,
        disabled: true,
        admin: false,
      },
    });
    expect(await server.store.readTarget(target.id)).toBeNull();
    expect((await server.ask({ url: '/api/session', token: ben.token })).statusCode).toBe(401);
    const own = await server.ask({
      ...{ method: 'POST', url: `/api/people/${admin.id}/erasure`, token: admin.token },
      payload: { email: admin.email },
    });
    expect(own.statusCode).toBe(403);
  });
});
