/** How a person's caret looks: one of six checked colours, dashed from the seventh person on. */
export interface CaretLook {
  /** 1 to 6, the number of the colour token. */
  color: number;
  dashed: boolean;
}

const COLORS = 6;

/**
 * Gives everybody present a look, the same on every screen that knows the same people: by the order of person ids, so
 * that the first six always differ.
 */
export function caretLooks(people: Iterable<string>): ReadonlyMap<string, CaretLook> {
  const ordered = [...new Set(people)].toSorted();
  return new Map(
    ordered.map((person, index) => [person, { color: (index % COLORS) + 1, dashed: index >= COLORS }]),
  );
}
