import { createTypist } from './typist.ts';
import type { Typist } from './typist.ts';
import type { HttpServer, Member } from './httpServer.ts';

/** A picture of one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** An incident with a log, a document that was written in, and a file. */
export interface RecordStage {
  id: string;
  /** Commands the incident. */
  ida: Member;
  typist: Typist;
  /** Gives a command as the commander; answers its status and body. */
  give(
    type: string,
    body: object,
    epoch?: number,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  upload(bytes: Uint8Array, name: string, token?: string): ReturnType<HttpServer['ask']>;
  bundle(token?: string): Promise<Buffer>;
}

/** Declares an incident and writes a little of everything. */
export async function recordStage(server: HttpServer): Promise<RecordStage> {
  const ida = await server.member();
  const made = await server.ask({
    ...{ method: 'POST', url: '/api/incidents', token: ida.token },
    payload: { title: '결제 장애', severity: 'SEV2' },
  });
  const { id } = made.json<{ id: string }>();
  const room = await server.rooms.open(id);
  const handle = await room?.document('main');
  if (!handle) throw new Error('There is no document.');
  const typist = await createTypist(handle, ida.id, 77);

  const stage: RecordStage = {
    id,
    ida,
    typist,
    async give(type, body, epoch) {
      const answer = await server.ask({
        ...{ method: 'POST', url: `/api/incidents/${id}/commands`, token: ida.token },
        payload: { type, body, ...(epoch === undefined ? {} : { epoch }) },
      });
      return { status: answer.statusCode, body: answer.json() };
    },
    upload: (bytes, name, token = ida.token) =>
      server.ask({
        ...{
          method: 'POST',
          url: `/api/incidents/${id}/attachments?name=${encodeURIComponent(name)}`,
          token,
        },
        headers: { 'content-type': 'application/octet-stream' },
        payload: Buffer.from(bytes),
      }),
    async bundle(token = ida.token) {
      const answer = await server.ask({ url: `/api/incidents/${id}/bundle`, token });
      if (answer.statusCode !== 200) throw new Error(answer.body);
      return answer.rawPayload;
    },
  };
  await stage.give('chat.post', { text: '주문이 실패합니다' });
  typist.doc.getText('scratch').insert(0, 'token=s3cret 가나다 🔥 end');
  await typist.saved();
  await stage.give('chat.post', { text: 'a second message' });
  await stage.upload(PNG, 'graph.png');
  return stage;
}
