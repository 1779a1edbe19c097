import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { SendMailOptions } from 'nodemailer';
import type { Attempt } from '../channel.ts';
import { attemptAfter } from './mailOutcome.ts';

/** How long the mail server may take to connect, to greet, and for each answer. Milliseconds. */
const CONNECT_MILLISECONDS = 8_000;
const GREETING_MILLISECONDS = 10_000;
const SOCKET_MILLISECONDS = 15_000;
/** So long it may take until the message is asked for; less than an attempt has, so that what never left counts as such. */
const BEGIN_MILLISECONDS = 17_000;
const MESSAGES_PER_CONNECTION = 500;

/** Connections to one mail server that are kept and shared. */
export interface MailLine {
  send(mail: SendMailOptions, signal: AbortSignal): Promise<Attempt>;
  /** Cuts all connections, whatever they do. */
  close(): void;
}

interface TrackedMail extends SendMailOptions {
  /** Hears that the server asked for the message and gets it now. */
  onBegin: () => void;
}

/** `host` is what we greet with; connections are made when there is something to send. */
export function createMailLine(parts: {
  smtpUrl: string;
  host: string;
  connections: number;
  beginMilliseconds?: number;
}): MailLine {
  const { smtpUrl, host, connections, beginMilliseconds = BEGIN_MILLISECONDS } = parts;
  const transport = createTransport({
    ...{ url: smtpUrl, pool: true, maxConnections: connections, maxMessages: MESSAGES_PER_CONNECTION },
    // Only a message of which nothing was read may be offered to a second connection, and that once.
    maxRequeues: 1,
    ...(isIP(host) || !host.includes('.') ? {} : { name: host }),
    requireTLS: mustEncrypt(new URL(smtpUrl)),
    connectionTimeout: CONNECT_MILLISECONDS,
    greetingTimeout: GREETING_MILLISECONDS,
    socketTimeout: SOCKET_MILLISECONDS,
    // Whatever a message says, nothing of this machine or of a network gets into it.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  transport.use('stream', (mail, done) => {
    const { onBegin } = mail.data as TrackedMail;
    mail.message.processFunc((input) =>
      Readable.from(telling(input as Readable, onBegin), { objectMode: false }),
    );
    done();
  });

  return {
    async send(mail, signal) {
      let began = false;
      const tooSlow = new AbortController();
      const timer = setTimeout(() => {
        if (!began) tooSlow.abort();
      }, beginMilliseconds);
      try {
        const tracked: TrackedMail = {
          ...mail,
          signal: AbortSignal.any([signal, tooSlow.signal]),
          onBegin() {
            began = true;
          },
        };
        await transport.sendMail(tracked);
        return { kind: 'delivered' };
      } catch (error) {
        return attemptAfter(error, began);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => transport.close({ force: true }),
  };
}

/** Passes a message on; that its first byte is asked for means that the server said 354. */
async function* telling(input: Readable, onBegin: () => void): AsyncGenerator<Buffer> {
  onBegin();
  for await (const chunk of input) yield chunk as Buffer;
}

/** A password goes over the network only encrypted: who strips STARTTLS from the answers gets none. */
function mustEncrypt({ username, password, hostname }: URL): boolean {
  const isHere = /^(localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  return (username !== '' || password !== '') && !isHere;
}
