import { isId } from '#shared/contract/identifiers.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { Chance } from '../rooms/chance.ts';
import type { Clock, Room } from '../rooms/ports.ts';
import { createRateLimit } from '../rooms/rateLimit.ts';
import { NAME_CHARACTERS, QUESTION_CHARACTERS } from './readerForms.ts';

/** A question as it comes from outside. */
export interface Question {
  asker: string;
  /** What it came through: one link, or one person. */
  source: string;
  text: string;
  name: string | null;
  /** Names the form it was written in; the same form asks once. Any other text than an identifier is none. */
  once: string | null;
}

/** Takes questions for Communications. */
export interface QuestionBox {
  /** Null once it stands in the log. */
  ask(room: Room, question: Question): Promise<Refusal | null>;
}

const MINUTE = 60_000;
const PER_READER = 3;
const PER_SOURCE = 30;

/** Holds back who asks too often: 3 a minute for each reader, 30 for each link, which readers may forget who they are. */
export function createQuestionBox(parts: { clock: Pick<Clock, 'now'>; chance: Chance }): QuestionBox {
  const limit = (perMinute: number) =>
    createRateLimit({ burst: perMinute, perMillisecond: perMinute / MINUTE }, () => parts.clock.now());
  const readers = limit(PER_READER);
  const sources = limit(PER_SOURCE);

  return {
    async ask(room, { asker, source, text, name, once }) {
      if (text.length > QUESTION_CHARACTERS) {
        return refuse('too_large', { n: text.length, max: QUESTION_CHARACTERS });
      }
      if (name !== null && name.length > NAME_CHARACTERS) {
        return refuse('too_large', { n: name.length, max: NAME_CHARACTERS });
      }
      if (text.trim() === '') return refuse('blank');
      const seconds = Math.max(readers.wait(`${source} ${asker}`), sources.wait(source));
      if (seconds > 0) return refuse('rate_limited', { seconds });
      readers.take(`${source} ${asker}`);
      sources.take(source);
      const named = name === null || name.trim() === '' ? {} : { name: name.trim() };
      const answer = await room.submit(
        {
          type: 'question.ask',
          body: { asker, text, ...named },
          commandId: once !== null && isId(once) ? once : parts.chance.id(),
        },
        { kind: 'system' },
      );
      // The form was sent before, perhaps by who has another name now: it stands there already.
      return answer.ok || answer.refusal.reason === 'command_id_reused' ? null : answer.refusal;
    },
  };
}
