import type { KnownEntry } from '#shared/contract/entries.ts';

/** A question as one reader sees it. */
export interface PublishedQuestion {
  /** Null once it was redacted. */
  text: string | null;
  at: string;
  /** This reader asked it. */
  mine: boolean;
  /** Null while nobody answered this reader; its text is null once it was redacted. */
  answer: { text: string | null; at: string; toAll: boolean } | null;
}

/** A question in the log with its answers. */
export interface Asked {
  seq: number;
  at: string;
  asker: string;
  name: string | null;
  text: string | null;
  answers: { seq: number; at: string; by: string; text: string | null; to: 'asker' | 'all' }[];
}

export function addQuestion(
  questions: Asked[],
  { seq, at, body }: Extract<KnownEntry, { type: 'question.asked' }>,
  redacted: boolean,
): void {
  const { asker, text, name = null } = body;
  questions.push({
    ...{ seq, at, asker, answers: [] },
    text: redacted ? null : text,
    name: redacted ? null : name,
  });
}

export function addAnswer(
  questions: Asked[],
  { seq, at, actor, body }: Extract<KnownEntry, { type: 'question.answered' }>,
  redacted: boolean,
): void {
  const question = questions.find((asked) => asked.seq === body.seq);
  const text = redacted ? null : body.text;
  question?.answers.push({ seq, at, by: actor, text, to: body.to });
}

/** Takes away the words of a question or an answer that was redacted. */
export function eraseQuestion(questions: readonly Asked[], seq: number): void {
  for (const question of questions) {
    if (question.seq === seq) Object.assign(question, { text: null, name: null });
    for (const answer of question.answers) if (answer.seq === seq) answer.text = null;
  }
}

/**
 * What one reader sees, newest first: own questions with the newest answer; those of others only with an answer to all, and
 * never who asked.
 */
export function questionsFor(questions: readonly Asked[], asker: string | null): PublishedQuestion[] {
  return questions
    .flatMap((question): PublishedQuestion[] => {
      const mine = asker !== null && question.asker === asker;
      const answer = question.answers.findLast(({ to }) => mine || to === 'all');
      if (!mine && !answer) return [];
      const { text, at } = question;
      const shown = answer && { text: answer.text, at: answer.at, toAll: answer.to === 'all' };
      return [{ text, at, mine, answer: shown ?? null }];
    })
    .toReversed();
}
