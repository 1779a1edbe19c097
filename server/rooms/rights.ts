import type { Directory } from './ports.ts';

/**
 * Brings rights up to date; the error when they could not be compared with the store for longer than promised. To be asked
 * after all that is read for a decision: a slow store would stretch the time within which a lost right holds everywhere.
 */
export async function makeRightsCurrent(
  directory: Pick<Directory, 'isCurrent' | 'makeCurrent'>,
): Promise<Error | null> {
  if (directory.isCurrent()) return null;
  try {
    await directory.makeCurrent();
    return null;
  } catch (error) {
    return new Error('rights could not be compared with the store', { cause: error });
  }
}
