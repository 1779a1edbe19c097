import { describe, expect, test } from 'vitest';
import { channelsOf } from '../../server/fanout/channels.ts';
import { createSeal } from '../../server/fanout/seal.ts';

const KEY = 'a key that both of them have';
const PAYLOAD = Uint8Array.of(1, 2, 3);
const here = createSeal(KEY, 'instance-here');
const there = createSeal(KEY, 'instance-there');

describe('the signature on what instances tell each other', () => {
  test('[F7] of another instance with the same key is believed, on the channel it was made for', () => {
    const opened = there.open('channel', here.close('channel', 5, PAYLOAD));
    expect(opened).toMatchObject({ kind: 'opened', from: 'instance-here', count: 5 });
    expect(opened.kind === 'opened' && [...opened.payload]).toEqual([1, 2, 3]);
  });

  test('[F7] is not believed on another channel, of an incident as little as of all', () => {
    const channels = channelsOf('epoch');
    const envelope = here.close(channels.of('incident-one1'), 1, PAYLOAD);
    for (const channel of [
      channels.of('incident-two2'),
      channels.all,
      channelsOf('other').of('incident-one1'),
    ])
      expect(there.open(channel, envelope)).toEqual({ kind: 'forged' });
  });

  test('[F7] is not believed with another key', () => {
    const stranger = createSeal('a key that was guessed', 'instance-here');
    expect(there.open('channel', stranger.close('channel', 1, PAYLOAD))).toEqual({ kind: 'forged' });
  });

  test('[F7] no single byte can be changed, none taken away and none added', () => {
    const envelope = here.close('channel', 1, PAYLOAD);
    for (let at = 0; at < envelope.length; at += 1) {
      const changed = Uint8Array.from(envelope, (byte, index) => (index === at ? byte ^ 0x01 : byte));
      expect(there.open('channel', changed).kind).not.toBe('opened');
      expect(there.open('channel', envelope.subarray(0, at)).kind).not.toBe('opened');
    }
    expect(there.open('channel', Uint8Array.of(...envelope, 0)).kind).toBe('forged');
  });

  test('[F8] of another version is told apart from a forged one', () => {
    const envelope = here.close('channel', 1, PAYLOAD);
    expect(
      there.open(
        'channel',
        Uint8Array.from(envelope, (byte, at) => (at === 0 ? 2 : byte)),
      ),
    ).toEqual({
      kind: 'unknown_version',
    });
    expect(there.open('channel', new Uint8Array())).toEqual({ kind: 'malformed' });
  });

  test('[F1] what comes back to its sender is its own', () => {
    expect(here.open('channel', here.close('channel', 1, PAYLOAD))).toEqual({ kind: 'own' });
  });
});
