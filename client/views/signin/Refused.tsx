import type { ReactNode } from 'react';
import { WarningShape } from '../../design/shapes.tsx';

/** The place where a refusal of this form is said; it is kept free, so that nothing moves when one comes. */
export function Refused({ sentence, id }: { sentence: string | null; id?: string }): ReactNode {
  return (
    <p className="form-answer refused" id={id}>
      {sentence === null ? null : (
        <>
          <WarningShape />
          <span>{sentence}</span>
        </>
      )}
    </p>
  );
}
