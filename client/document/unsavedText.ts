import { MAIN_DOCUMENT } from '#shared/document.ts';
import { textToKeep } from './keptTexts.ts';
import { readUnsaved } from './persistence.ts';

/** This person's copies of an incident's document as text, as far as something in them was never saved. */
export async function unsavedText(person: string, incident: string): Promise<string[]> {
  const texts: string[] = [];
  await readUnsaved({ person, incident, document: MAIN_DOCUMENT }, (doc) => texts.push(textToKeep(doc)));
  return texts.filter((text) => text !== '');
}
