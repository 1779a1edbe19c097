import { useEffect, useRef, useState } from 'react';
import type { ApiError } from '../../app/api.ts';
import { sendImport } from './imports.ts';
import type { FileSource, ImportAnswer } from './imports.ts';

/** Where an import stands. */
export type ImportStep =
  | { step: 'choosing' }
  | { step: 'looking' }
  | { step: 'looked'; found: ImportAnswer }
  | { step: 'importing'; found: ImportAnswer }
  | { step: 'done'; found: ImportAnswer };

export interface ImportChoice {
  file: File;
  source: FileSource;
  zone: string;
}

/** After an answer to wait, it waits this long. Milliseconds. */
const PAUSE = 2_000;

/** An import of a file: looked at first, brought in when confirmed. `grown` is told when entries came in. */
export function useImport(
  incidentId: string,
  grown: () => void,
): {
  step: ImportStep;
  error: ApiError | null;
  look: (choice: ImportChoice) => void;
  confirm: (choice: ImportChoice) => void;
  reset: () => void;
} {
  const [step, setStep] = useState<ImportStep>({ step: 'choosing' });
  const [error, setError] = useState<ApiError | null>(null);
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);

  async function look(choice: ImportChoice): Promise<void> {
    setError(null);
    setStep({ step: 'looking' });
    const answer = await sendImport(incidentId, { ...choice, confirm: false });
    if (answer.ok) return setStep({ step: 'looked', found: answer.value });
    setError(answer.error);
    setStep({ step: 'choosing' });
  }

  /** One request brings in what its time allows; the next goes on where it stopped. */
  async function confirm(choice: ImportChoice): Promise<void> {
    setError(null);
    let found = step.step === 'looked' ? step.found : null;
    if (found) setStep({ step: 'importing', found });
    while (isShown.current) {
      // Each request begins where the one before ended.
      // oxlint-disable-next-line no-await-in-loop
      const answer = await sendImport(incidentId, { ...choice, confirm: true });
      if (answer.ok) {
        found = answer.value;
        grown();
        if (found.done !== false) return setStep({ step: 'done', found });
        setStep({ step: 'importing', found });
      } else if (answer.error.status === 429) {
        // oxlint-disable-next-line no-await-in-loop
        await new Promise((resolve) => {
          setTimeout(resolve, PAUSE);
        });
      } else {
        setError(answer.error);
        if (found) setStep({ step: 'looked', found });
        return;
      }
    }
  }

  return {
    step,
    error,
    look: (choice) => void look(choice),
    confirm: (choice) => void confirm(choice),
    reset: () => setStep({ step: 'choosing' }),
  };
}
