import type { Entry } from '#shared/contract/entries.ts';
import { chainFaults } from '../../support/clientChain.ts';
import type { Answered, History, Operation, Violation } from '../history.ts';

/** The log of each incident: what the first instance answered. All others are compared with it by I2. */
export function logsOf({ answered }: History): Map<string, Answered> {
  const logs = new Map<string, Answered>();
  for (const answer of answered) if (!logs.has(answer.incidentId)) logs.set(answer.incidentId, answer);
  return logs;
}

/** The entries that each command came to, by author and command id. */
function entriesByCommand(log: Answered): Map<string, Entry[]> {
  const found = new Map<string, Entry[]>();
  for (const entry of log.entries) {
    if (entry.commandId === null) continue;
    const key = `${entry.actor} ${entry.commandId}`;
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return found;
}

function nameOf({ client, type, commandId }: Operation): string {
  return `${type} ${commandId} of ${client}`;
}

/** I1: what was acknowledged is in the log where it was said to be, what is unknown at most once, what was refused nowhere. */
export function durableAcknowledgements(history: History): Violation[] {
  const texts: string[] = [];
  for (const [incidentId, log] of logsOf(history)) {
    const byCommand = entriesByCommand(log);
    const operations = history.operations.filter((operation) => operation.incidentId === incidentId);
    const ids = new Map(Map.groupBy(operations, (operation) => `${operation.person} ${operation.commandId}`));
    for (const [key, given] of ids) {
      const entries = byCommand.get(key) ?? [];
      const acknowledged = given.find(({ knowledge }) => knowledge.kind === 'ok');
      for (const operation of given) texts.push(...outcomeFaults(operation, entries, !acknowledged));
      if (new Set(entries.map(({ type }) => type)).size < entries.length)
        texts.push(`${nameOf(given[0] as Operation)} is in the log more than once`);
    }
    for (const [key, entries] of byCommand) {
      const person = entries[0]?.actor ?? '';
      const isOurs = history.operations.some((operation) => operation.person === person);
      if (isOurs && !ids.has(key) && entries[0]?.type !== 'incident.declared')
        texts.push(`entry ${entries[0]?.seq} is of a command that nobody gave (${key})`);
    }
  }
  return texts.map((text) => ({ invariant: 'I1', text }));
}

function outcomeFaults(operation: Operation, entries: readonly Entry[], isAlone: boolean): string[] {
  const { knowledge } = operation;
  switch (knowledge.kind) {
    case 'ok': {
      const first = entries[0];
      if (!first) return [`${nameOf(operation)} was acknowledged as ${knowledge.seq} and is not in the log`];
      if (first.seq !== knowledge.seq)
        return [`${nameOf(operation)} was acknowledged as ${knowledge.seq} and is at ${first.seq}`];
      const said = operation.body['text'];
      const has = entries.some(({ body, redacted }) => redacted || body['text'] === said);
      return operation.type === 'chat.post' && !has
        ? [`${nameOf(operation)} is in the log with another text`]
        : [];
    }
    case 'refused':
      return isAlone && entries.length > 0
        ? [`${nameOf(operation)} was refused as ${knowledge.code} and is at ${entries[0]?.seq}`]
        : [];
    case 'unknown':
    case 'invoked':
      return [];
  }
}

/** I2: seq is 1, 2, 3 … everywhere; all instances say the same; whatever a client was shown is a piece of the log. */
export function gaplessOrder(history: History): Violation[] {
  const texts: string[] = [];
  const logs = logsOf(history);
  for (const answer of history.answered) {
    const log = logs.get(answer.incidentId) as Answered;
    answer.entries.forEach(({ seq }, index) => {
      if (seq !== index + 1) texts.push(`${answer.instance}: place ${index + 1} holds entry ${seq}`);
    });
    if (answer.entries.length !== log.entries.length)
      texts.push(
        `${answer.instance} knows ${answer.entries.length} entries, ${log.instance} ${log.entries.length}`,
      );
    const other = answer.entries.find((entry, index) => log.entries[index]?.hash !== entry.hash);
    if (other) texts.push(`${answer.instance} and ${log.instance} disagree at entry ${other.seq}`);
  }
  for (const { client, incidentId, entries, faults } of history.views) {
    texts.push(...faults.map((fault) => `${client}: ${fault}`));
    const log = logs.get(incidentId);
    entries.forEach((entry, index) => {
      const before = entries[index - 1];
      if (before && entry.seq !== before.seq + 1)
        texts.push(`${client} was shown entry ${entry.seq} after ${before.seq}`);
      if (log && log.entries[entry.seq - 1]?.hash !== entry.hash)
        texts.push(`${client} was shown an entry ${entry.seq} that the log does not have`);
    });
  }
  return texts.map((text) => ({ invariant: 'I2', text }));
}

/** I3: one id of one person comes to one seq, whenever it is given; with another body it is refused. */
export function idempotence(history: History): Violation[] {
  const texts: string[] = [];
  const byId = Map.groupBy(history.operations, ({ person, incidentId, commandId }) =>
    [person, incidentId, commandId].join(' '),
  );
  for (const given of byId.values()) {
    const acknowledged = given.filter(({ knowledge }) => knowledge.kind === 'ok');
    const seqs = new Set(acknowledged.map(({ knowledge }) => (knowledge.kind === 'ok' ? knowledge.seq : 0)));
    const first = given[0] as Operation;
    if (seqs.size > 1) texts.push(`${nameOf(first)} was acknowledged as ${[...seqs].join(' and ')}`);
    const bodies = new Set(acknowledged.map(({ type, body }) => JSON.stringify([type, body])));
    if (bodies.size > 1) texts.push(`${nameOf(first)} was acknowledged with two different bodies`);
  }
  return texts.map((text) => ({ invariant: 'I3', text }));
}

/** I4: every chain holds from entry 1 to its head, no head that anybody was told is missing, and `verify` agrees. */
export function chains(history: History): Violation[] {
  const texts = history.answered.flatMap(({ instance, incidentId, entries, head }) => [
    ...chainFaults(entries, head).map((fault) => `${instance}: ${fault}`),
    ...entries
      .filter((entry) => entry.incidentId !== incidentId)
      .map(({ seq }) => `${instance}: entry ${seq} is of another incident`),
  ]);
  const logs = logsOf(history);
  for (const { client, incidentId, head } of history.views) {
    const log = logs.get(incidentId);
    if (!log || !head || head.seq === 0) continue;
    if (log.entries.length < head.seq)
      texts.push(
        `${client} was told a head at ${head.seq}, and the log ends at ${log.entries.length}: its end was cut`,
      );
    else if (log.entries[head.seq - 1]?.hash !== head.hash)
      texts.push(`${client} was told another head at ${head.seq} than the log has: it was rewritten`);
  }
  if (history.verification !== null) texts.push(`warroom verify: ${history.verification}`);
  return texts.map((text) => ({ invariant: 'I4', text }));
}
