/** Checks package-lock.json as CI does; exits 1 with one line per complaint. */
import { readFileSync } from 'node:fs';
import { complaintsAbout, type Lockfile } from './lockfile.ts';

const path = new URL('../package-lock.json', import.meta.url);
const lockfile = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
const complaints = complaintsAbout(lockfile);

for (const complaint of complaints) console.error(`package-lock.json: ${complaint}`);
if (complaints.length > 0) {
  console.error(
    'To mend it: pin the named package to a version whose platform packages are all published, then `npm install`.',
  );
  process.exitCode = 1;
} else {
  console.log(`package-lock.json: ${Object.keys(lockfile.packages).length - 1} packages, in order.`);
}
