import { readerStateOf } from '#shared/contract/readerStates.ts';
import type { ReaderState } from '#shared/contract/readerStates.ts';

type Words = (key: `common:readerState.${ReaderState}`) => string;

/** The state of an update in the reader's language; the writer's own words stay as they are. */
export function updateState(text: string, t: Words): string {
  const state = readerStateOf(text);
  return state === null ? text : t(`common:readerState.${state}`);
}
