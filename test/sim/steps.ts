import { commandOf } from './simCommands.ts';
import { forge } from './simForgery.ts';
import { everybody } from './simPeople.ts';
import type { SimClient } from './simClient.ts';
import type { SimInstance } from './simInstance.ts';
import { calm } from './simNetwork.ts';
import { fairWeather } from './simStore.ts';
import type { World } from './world.ts';

/** How often each thing happens. */
const usual = {
  talk: 14,
  command: 14,
  write: 16,
  travel: 26,
  move: 6,
  leave: 2,
  cutWriter: 2,
  retry: 5,
  again: 2,
};

/** What goes wrong, beside it. */
const faults = {
  crash: 0.8,
  drain: 0.5,
  cutOff: 1,
  fanoutAway: 1,
  weather: 1.5,
  storeAway: 0.8,
  storeWeather: 1.5,
  forge: 1.5,
  clock: 0.4,
  sleep: 0.4,
  pause: 0.4,
  account: 0.5,
};

type Step = keyof typeof usual | keyof typeof faults;

/** Lets one thing happen, chosen by chance. */
export async function step(world: World, number: number): Promise<void> {
  const { random } = world;
  await act(world, random.weighted<Step>({ ...usual, ...faults }), number);
  await world.world.advance(random.chance(0.02) ? random.below(4_000) : random.below(20));
}

/** Whoever is nowhere comes back sooner or later, and processes that are down are started again. */
export function comeBack(world: World, probability: number): void {
  const { random } = world;
  for (const instance of world.instances)
    if (instance.phase === 'down' && random.chance(probability)) instance.start();
  const up = world.instances.filter((instance) => instance.serving);
  if (up.length === 0) return;
  for (const client of world.clients)
    if (!client.at && random.chance(probability)) void client.enter(random.pick(up));
  for (const writer of world.writers) {
    writer.look();
    if (!writer.at && random.chance(probability)) void writer.enter(random.pick(up));
  }
}

async function act(world: World, name: Step, number: number): Promise<void> {
  const { random, work } = world;
  const client = random.pick(world.clients);
  const writer = random.pick(world.writers);
  const instance = random.pick(world.instances);
  switch (name) {
    case 'talk':
      return client.want({ type: 'chat.post', body: { text: `${client.person} says ${number}` } });
    case 'command': {
      const by = random.chance(0.5) ? commanding(world) : client;
      const command = commandOf(by, random);
      if (command) by.want(command);
      return;
    }
    case 'write':
      return writer.write(random, number);
    case 'travel':
      for (const each of world.writers) each.deliver(random);
      return;
    case 'move':
      work.moves += 1;
      if (random.chance(0.5)) client.leave();
      else writer.cut();
      return;
    case 'leave':
      return client.leave();
    case 'cutWriter':
      return writer.cut();
    case 'retry':
      return sendOpen(world);
    case 'again':
      return sendOneAgain(world);
    case 'crash':
    case 'drain':
      return stop(world, instance, name);
    case 'sleep':
      return sleep(world);
    case 'pause':
      return pause(world);
    case 'account':
      return changeAccount(world, instance);
    case 'clock':
      work.cuts += 1;
      return instance.running?.clock.step(random.below(20_000) - 10_000);
    case 'forge':
      return forge(world);
    case 'weather':
      world.network.weather = random.chance(0.4)
        ? calm
        : { lose: random.below(40), double: random.below(30), hold: random.below(30) };
      return;
    case 'cutOff':
    case 'fanoutAway':
    case 'storeAway':
    case 'storeWeather':
      return spoil(world, instance, name);
    default:
      return name satisfies never;
  }
}

/** Everything that nobody knows the end of is sent again, with the same id, wherever its person is now. */
export function sendOpen(world: World): void {
  for (const wish of world.witness.wishes.values()) {
    if (wish.outcome || wish.sent) continue;
    void world.clients.find((client) => client.person === wish.person)?.send(wish);
  }
}

function sendOneAgain(world: World): void {
  const done = [...world.witness.wishes.values()].filter(({ outcome }) => outcome && 'seq' in outcome);
  if (done.length === 0) return;
  const wish = world.random.pick(done);
  void world.clients.find((client) => client.person === wish.person)?.send(wish);
}

function stop(world: World, instance: SimInstance, how: 'crash' | 'drain'): void {
  if (instance.phase === 'down') return;
  if (how === 'crash') {
    world.work.crashes += 1;
    instance.crash();
  } else {
    world.work.drains += 1;
    instance.drain();
  }
}

/** Time passes in which little is done: deadlines fall due, rooms leave memory. */
async function sleep(world: World): Promise<void> {
  const { random } = world;
  if (random.chance(0.5)) {
    for (const client of world.clients) if (random.chance(0.8)) client.leave();
    for (const writer of world.writers) if (random.chance(0.8)) writer.cut();
  }
  await world.world.advance(20_000 + random.below(60_000));
}

/** Everybody leaves for long enough that rooms leave memory, and comes back while the store takes its time. */
async function pause(world: World): Promise<void> {
  const { random } = world;
  for (const client of world.clients) client.leave();
  for (const writer of world.writers) writer.cut();
  await world.world.advance(58_000 + random.below(12_000));
  for (const instance of world.instances) {
    if (instance.storeWeather === fairWeather) instance.storeWeather = { ...fairWeather, slow: true };
    world.world.after(4_000 + random.below(8_000), () => heal(world, instance));
  }
  comeBack(world, 0.7);
  await world.world.advance(random.below(12_000));
}

/** Who commands, or was asked to. */
function commanding(world: World): SimClient {
  const { random, witness, clients } = world;
  const { state } = witness;
  const person = (random.chance(0.5) && state?.offer?.to) || state?.commander;
  return clients.find((client) => client.person === person) ?? random.pick(clients);
}

/** Somebody's account is disabled, or enabled again. Nobody disables who is needed to end the run. */
function changeAccount(world: World, instance: SimInstance): void {
  const person = world.random.pick(everybody.slice(1));
  void instance.serving?.directory
    .change(person, (before) => ({ ...before, disabled: !before.disabled }))
    .catch(() => null);
}

/** For a while one instance does not reach the others, or the store, or only sometimes. */
function spoil(
  world: World,
  instance: SimInstance,
  how: 'cutOff' | 'fanoutAway' | 'storeAway' | 'storeWeather',
): void {
  const { random, work } = world;
  const { running } = instance;
  const fanout = running?.fanout;
  const later = (work: () => void) => world.world.after(random.below(8_000), work);
  work.cuts += 1;
  switch (how) {
    case 'cutOff': {
      if (!fanout) return;
      world.network.cut(fanout.instance, true);
      later(() => world.network.cut(fanout.instance, false));
      return;
    }
    case 'fanoutAway':
      fanout?.setAway(true);
      later(() => fanout?.setAway(false));
      return;
    case 'storeAway':
    case 'storeWeather': {
      const cluster = { late: random.below(8), lose: random.below(8) };
      instance.storeWeather = {
        away: how === 'storeAway',
        slow: random.chance(0.2),
        reject: random.below(20),
        ...(world.embedded ? { late: 0, lose: 0 } : cluster),
      };
      later(() => heal(world, instance));
      return;
    }
    default:
      how satisfies never;
  }
}

/** The instance reaches the store again. */
export function heal(world: World, instance: SimInstance): void {
  if (instance.storeWeather !== fairWeather) world.troubledUntil = world.world.now();
  instance.storeWeather = fairWeather;
}
