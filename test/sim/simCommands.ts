import type { IncidentState } from '#shared/incident/state.ts';
import type { Seeded } from '../support/seeded.ts';
import type { SimClient } from './simClient.ts';
import { adam, everybody } from './simPeople.ts';

/** What a person might want, by what they know: often sensible, sometimes under an old epoch or of the wrong person. */
export function commandOf(
  { person, state }: SimClient,
  random: Seeded,
): { type: string; body: object; epoch?: number } | null {
  if (!state) return null;
  const epoch = random.chance(0.85) ? state.epoch : Math.max(1, state.epoch - 1);
  const offer = state.offer?.offer ?? 'no_offer_1';
  const words = random.chance(0.9) ? 'I am the incident commander' : 'me';
  const someone = random.pick(everybody);
  switch (kindOf(person, state, random)) {
    case 'offer':
      return { type: 'handoff.offer', body: { to: someone, expiresInSeconds: 60 + random.below(60) }, epoch };
    case 'accept':
      return { type: 'handoff.accept', body: { offer, briefedSeq: state.seq, words } };
    case 'decline':
      return { type: 'handoff.decline', body: { offer } };
    case 'withdraw':
      return { type: 'handoff.withdraw', body: { offer }, epoch };
    case 'force':
      return { type: 'handoff.force', body: { reason: 'nobody answers' } };
    case 'status':
      return {
        type: 'status.set',
        body: { status: random.pick(['identified', 'mitigating', 'monitoring']) },
        epoch,
      };
    case 'confirm':
      return { type: 'handoff.confirm', body: { epoch } };
    case 'add':
      return { type: 'member.add', body: { person: someone }, epoch };
    case 'remove':
      return { type: 'member.remove', body: { person: someone }, epoch };
    case 'break':
      return { type: 'access.break', body: { reason: 'to see' } };
    case 'redact':
      return {
        type: 'entry.redact',
        body: { seq: 1 + random.below(state.seq), reason: 'a password' },
        epoch,
      };
    case 'doing':
      return { type: 'doing.set', body: { text: `looking ${random.below(9)}` } };
    case 'role':
      return { type: 'role.assign', body: { role: random.pick(['ops', 'comms']), person: someone }, epoch };
    case 'update': {
      const next = new Date(Date.parse(state.declaredAt) + random.below(300_000)).toISOString();
      return { type: 'update.send', body: { state: 'looking', text: 'we look', nextUpdateAt: next } };
    }
    default:
      return null;
  }
}

function kindOf(person: string, state: IncidentState, random: Seeded): string {
  const commands = person === state.commander;
  const named = person === state.offer?.to;
  return random.weighted({
    offer: commands ? 5 : 0.5,
    accept: named ? 8 : 0.5,
    decline: named ? 1 : 0.1,
    withdraw: commands ? 1 : 0.1,
    force: person === adam ? 1 : 0.1,
    status: commands ? 2 : 0.3,
    confirm: 1,
    add: state.private && commands ? 4 : 0.1,
    remove: state.private && commands ? 2 : 0.1,
    break: state.private && person === adam ? 0.5 : 0,
    redact: commands ? 0.7 : 0.1,
    doing: 1,
    role: commands ? 1 : 0.1,
    update: commands ? 1 : 0.1,
  });
}
