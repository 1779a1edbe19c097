/**
 * The states that people outside are told by their own names: an update that carries one of these words is shown in the
 * language of whoever reads it. Any other text is the writer's own and stays as it is.
 */
export const readerStates = ['investigating', 'identified', 'mitigating', 'monitoring', 'resolved'] as const;
export type ReaderState = (typeof readerStates)[number];

/** The state that a stored text stands for; null for words of the writer's own. */
export function readerStateOf(text: string): ReaderState | null {
  return readerStates.find((state) => state === text) ?? null;
}
