import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { HEADER_PATH } from './bundleFormat.ts';
import { proveBundle } from './bundleProof.ts';
import type { BundleVerdict } from './bundleProof.ts';
import { BundleProblem, readBundle } from './bundleReader.ts';

/** True of a file that begins as bundles do; damage further on is for the proof to name. */
export function isBundle(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(512);
    readSync(file, start, 0, start.length, 0);
    return start.subarray(257, 262).toString() === 'ustar' || start.toString().startsWith(HEADER_PATH);
  } finally {
    closeSync(file);
  }
}

/** Verifies a bundle by itself, without a server or its data. */
export function verifyBundleFile(path: string): {
  number: number | string;
  verdict: BundleVerdict & { withheld: number };
} {
  try {
    const bundle = readBundle(readFileSync(path));
    return {
      number: bundle.header.number,
      verdict: { ...proveBundle(bundle), withheld: bundle.header.withheld },
    };
  } catch (error) {
    if (!(error instanceof BundleProblem)) throw error;
    const nothing = { entries: 0, batches: 0, anchors: 0, attachments: 0, documents: 0, withheld: 0 };
    return { number: '?', verdict: { ...nothing, difference: error.message } };
  }
}
