import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fanout, FanoutMessage, FanoutNotice } from '../../server/rooms/ports.ts';
import { everyMessage, everyNotice, INCIDENT, listenTo, OTHER_INCIDENT, until } from './fanoutSupport.ts';

/** Fan-outs of several instances on one medium. */
export interface FanoutHarness {
  /** One more instance, connected. */
  join(instance: string): Promise<Fanout>;
  /** Nobody reaches anybody any more; done when everybody noticed. */
  interrupt(): Promise<void>;
  /** They do again; done when everybody noticed. */
  restore(): Promise<void>;
  dispose(): Promise<void>;
}

/** What every fan-out that carries something promises to rooms. */
export function fanoutContract(name: string, open: () => Promise<FanoutHarness>): void {
  describe(`the fan-out ${name}`, () => {
    let harness: FanoutHarness;
    let here: Fanout;
    let there: Fanout;
    beforeEach(async () => {
      harness = await open();
      [here, there] = await Promise.all([harness.join('instance-here'), harness.join('instance-there')]);
    });
    afterEach(() => harness.dispose());

    test('[F1] brings every kind of message to the others as it was, says from whom, and nothing to oneself', async () => {
      const heard = await listenTo(there, INCIDENT);
      const own = await listenTo(here, INCIDENT);
      const messages = everyMessage(INCIDENT);
      for (const message of messages) here.publish(INCIDENT, message);
      await until(() => heard.messages.length === messages.length);
      expect(heard.messages).toEqual(messages.map((message) => [message, 'instance-here']));
      there.publish(INCIDENT, { kind: 'hello' });
      await until(() => own.messages.length > 0);
      expect(own.messages).toEqual([[{ kind: 'hello' }, 'instance-there']]);
    });

    test('[F1] brings every kind of notice to the others as it was, and says from whom', async () => {
      const heard: [FanoutNotice, string][] = [];
      const stop = there.onNotice((notice, from) => heard.push([notice, from]));
      here.onNotice(() => expect.unreachable('an instance does not hear itself'));
      const notices = everyNotice();
      for (const notice of notices) here.announce(notice);
      await until(() => heard.length === notices.length);
      expect(heard).toEqual(notices.map((notice) => [notice, 'instance-here']));
      stop();
      const third = await harness.join('instance-third');
      const last = new Promise((resolve) => third.onNotice(resolve));
      here.announce({ kind: 'goodbye' });
      expect(await last).toEqual({ kind: 'goodbye' });
      expect(heard).toHaveLength(notices.length);
    });

    test('[F2] brings what is said of an incident to all who listen to it, and to nobody else', async () => {
      const first = await listenTo(there, INCIDENT);
      const second = await listenTo(there, INCIDENT);
      const other = await listenTo(there, OTHER_INCIDENT);
      here.publish(INCIDENT, { kind: 'hello' });
      await until(() => first.messages.length === 1 && second.messages.length === 1);
      first.stop();
      here.publish(INCIDENT, { kind: 'hello' });
      await until(() => second.messages.length === 2);
      second.stop();
      here.publish(INCIDENT, { kind: 'hello' });
      here.publish(OTHER_INCIDENT, { kind: 'hello' });
      await until(() => other.messages.length === 1);
      expect([first.messages.length, second.messages.length]).toEqual([1, 2]);
    });

    test('[F2] who stops listening and begins again hears again', async () => {
      const before = await listenTo(there, INCIDENT);
      before.stop();
      const after = await listenTo(there, INCIDENT);
      here.publish(INCIDENT, { kind: 'hello' });
      await until(() => after.messages.length === 1);
      expect(before.messages).toEqual([]);
    });

    test('[F3] every listener doubts once it hears, and again after an interruption', async () => {
      const first = await listenTo(there, INCIDENT);
      const second = await listenTo(there, INCIDENT);
      const states: string[] = [];
      there.onState((state) => states.push(state));
      const before = [first.doubts, second.doubts];
      await harness.interrupt();
      expect(there.state()).toBe('away');
      await harness.restore();
      await until(() => first.doubts > before[0]! && second.doubts > before[1]!);
      expect(states).toEqual(['away', 'connected']);
      here.publish(INCIDENT, { kind: 'hello' });
      await until(() => first.messages.length === 1 && second.messages.length === 1);
    });

    test('[F4] what is said while nobody can be reached is lost, and says no word about it', async () => {
      const heard = await listenTo(there, INCIDENT);
      await harness.interrupt();
      const lost: FanoutMessage = { kind: 'awareness', name: 'main', entries: Uint8Array.of(1) };
      expect(here.publish(INCIDENT, lost)).toBeUndefined();
      expect(here.announce({ kind: 'permissions' })).toBeUndefined();
      await harness.restore();
      here.publish(INCIDENT, { kind: 'hello' });
      await until(() => heard.messages.some(([message]) => message.kind === 'hello'));
      expect(heard.messages.map(([message]) => message.kind)).not.toContain('awareness');
    });

    test('[F2] who joins an interrupted medium hears after it is restored', async () => {
      await harness.interrupt();
      const messages: FanoutMessage[] = [];
      let doubts = 0;
      there.subscribe(INCIDENT, { hear: (message) => messages.push(message), doubt: () => (doubts += 1) });
      await harness.restore();
      await until(() => doubts > 0);
      here.publish(INCIDENT, { kind: 'hello' });
      await until(() => messages.length > 0);
      expect(messages).toEqual([{ kind: 'hello' }]);
    });
  });
}

/** What a fan-out promises that reaches nobody. */
export function silentFanoutContract(name: string, state: 'alone' | 'away', open: () => Fanout): void {
  test(`[F4] the fan-out ${name} says that it is ${state}, takes everything and brings nothing`, async () => {
    const fanout = open();
    const listener = {
      hear: () => expect.unreachable('there is nobody'),
      doubt: () => expect.unreachable('nothing was missed'),
    };
    const stops = [
      fanout.subscribe(INCIDENT, listener),
      fanout.onNotice(listener.hear),
      fanout.onState(listener.hear),
    ];
    expect(fanout.state()).toBe(state);
    for (const message of everyMessage(INCIDENT)) fanout.publish(INCIDENT, message);
    for (const notice of everyNotice()) fanout.announce(notice);
    for (const stop of stops) stop();
    await expect(fanout.close()).resolves.toBeUndefined();
  });
}
