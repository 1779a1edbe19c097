/** A part of the page could not be fetched: the server has a newer build, or did not answer. */
export class PartMissing extends Error {
  override name = 'PartMissing';
}

/** For `lazy`: what could not be fetched is thrown as `PartMissing`, which `FaultBoundary` has words for. */
export function orMissing<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return () =>
    load().catch((cause: unknown) => {
      throw new PartMissing('A part of the page could not be loaded.', { cause });
    });
}
