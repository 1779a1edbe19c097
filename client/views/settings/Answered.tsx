import { useState } from 'react';
import type { Dispatch, ReactNode, SetStateAction } from 'react';
import { CheckShape, WarningShape } from '../../design/shapes.tsx';

/** What became of the last thing done at this place. */
export type AnsweredState =
  { kind: 'nothing' } | { kind: 'done'; sentence: string } | { kind: 'refused'; sentence: string };

export function useAnswered(): [AnsweredState, Dispatch<SetStateAction<AnsweredState>>] {
  return useState<AnsweredState>({ kind: 'nothing' });
}

/** The answer where the hand is, in a place that is kept free for it. */
export function Answered({ answered }: { answered: AnsweredState }): ReactNode {
  switch (answered.kind) {
    case 'nothing':
      return <p className="form-answer" />;
    case 'done':
      return (
        <p className="form-answer done">
          <CheckShape /> <span>{answered.sentence}</span>
        </p>
      );
    case 'refused':
      return (
        <p className="form-answer refused">
          <WarningShape /> <span>{answered.sentence}</span>
        </p>
      );
    default:
      return answered satisfies never;
  }
}
