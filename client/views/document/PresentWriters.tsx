import { useEffect, useReducer } from 'react';
import type { ReactNode } from 'react';
import type { Awareness } from 'y-protocols/awareness';
import { caretUserOf } from '../../document/carets.ts';
import type { CaretUser } from '../../document/carets.ts';
import { useTranslation } from '../../i18n/index.ts';

/** Who has a caret in the document: a list for screen readers, beside the text and not in it. */
export function PresentWriters({
  awareness,
  labelOf,
}: {
  awareness: Awareness;
  labelOf: (user: CaretUser) => string;
}): ReactNode {
  const { t } = useTranslation('document');
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    awareness.on('change', redraw);
    return () => awareness.off('change', redraw);
  }, [awareness]);
  const writers = new Map<string, CaretUser>();
  for (const [client, state] of awareness.getStates()) {
    const user = caretUserOf(state);
    if (client !== awareness.clientID && user && (state as { cursor?: unknown }).cursor)
      writers.set(user.id, user);
  }
  return (
    <ul className="visually-hidden" aria-label={t('writers')}>
      {[...writers.values()].map((user) => (
        <li key={user.id}>{labelOf(user)}</li>
      ))}
    </ul>
  );
}
