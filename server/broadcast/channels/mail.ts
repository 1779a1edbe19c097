import type { SendMailOptions } from 'nodemailer';
import type { Attempt, Channel, Outgoing } from '../channel.ts';
import { headerName, mailAddressOf } from '../mailAddress.ts';
import type { Mailbox } from '../mailAddress.ts';
import type { NameOf } from '../message.ts';
import { mailForm } from './mailForm.ts';
import { createMailLine } from './mailLine.ts';

/** Attempts at once, and connections to the mail server. */
const AT_ONCE = 8;

/** Mail, and the few messages that belong to no entry. */
export interface MailChannel extends Channel {
  readonly name: 'mail';
  /** One plain message, such as the request to confirm a subscription. `id`: the same for every attempt. */
  sendPlain(
    address: string,
    message: { subject: string; text: string },
    id: string,
    signal?: AbortSignal,
  ): Promise<Attempt>;
}

/** The channel when it is mail; null when this server sends none. */
export function asMailChannel(channel: Channel | undefined): MailChannel | null {
  return channel?.name === 'mail' && 'sendPlain' in channel ? (channel as MailChannel) : null;
}

/** Sends mail by one mail server, one recipient a message. `origin`: where people reach this server; names our messages. */
export function createMailChannel(parts: {
  smtpUrl: string;
  from: Mailbox;
  origin: string;
  nameOf: NameOf;
  /** How long the server may take until it asks for a message. Milliseconds; for tests. */
  beginMilliseconds?: number;
}): MailChannel {
  const { from, nameOf, ...given } = parts;
  const host = new URL(parts.origin).hostname;
  const line = createMailLine({ ...given, host, connections: AT_ONCE });
  const messageId = (id: string): string => `<${id}@${host}>`;

  /** What every mail of ours carries. The address was checked when it was listed; once more costs nothing. */
  function envelope(to: Mailbox, id: string): SendMailOptions | null {
    const address = mailAddressOf(to.address);
    if (address === null) return null;
    return {
      // As objects: no text of ours or of theirs is read as a list of addresses.
      from: { name: from.name ?? '', address: from.address },
      to: { name: headerName(to.name) ?? '', address },
      messageId: messageId(id),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    };
  }

  function mailOf(outgoing: Outgoing): SendMailOptions | null {
    const { deliveryId, notice, address, name, locale, links } = outgoing;
    const common = envelope({ name, address }, deliveryId);
    if (!common) return null;
    const { inside } = notice;
    const thread = messageId(notice.thread);
    return {
      ...common,
      ...mailForm(outgoing, nameOf),
      date: new Date(notice.at),
      inReplyTo: thread,
      references: thread,
      headers: {
        ...(common.headers as Record<string, string>),
        'Content-Language': locale,
        ...(inside && { 'X-Warroom-Head': `${inside.seq} ${inside.hash}` }),
        ...(links.unsubscribe === null ? {} : unsubscribeHeaders(links.unsubscribe)),
      },
    };
  }

  async function send(mail: SendMailOptions | null, signal: AbortSignal): Promise<Attempt> {
    if (!mail) return { kind: 'refused', detail: 'not an address that mail can be sent to' };
    return line.send(mail, signal);
  }

  return {
    name: 'mail',
    atOnce: AT_ONCE,
    addressOf: mailAddressOf,
    // One mail server takes all of it; what it puts off waits by itself.
    queueOf: () => 'smtp',
    render: (outgoing) => mailForm(outgoing, nameOf),
    send: (outgoing, signal) => send(mailOf(outgoing), signal),
    sendPlain(address, { subject, text }, id, signal = new AbortController().signal) {
      const common = envelope({ name: null, address }, id);
      return send(common && { ...common, subject: subject.replace(/\p{C}+/gu, ' '), text }, signal);
    },
    async close() {
      line.close();
    },
  };
}

/** One click of the mail program ends the subscription (RFC 8058). */
function unsubscribeHeaders(url: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
