import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into a server by `bench/profile.ts` ahead of everything else, with `?folder=` in its address. Profiles its main
 * thread from one SIGIO to the next, or, with `&start`, from here to the first one, and writes each into the folder.
 */
const query = new URL(import.meta.url).searchParams;
const folder = query.get('folder') ?? '';
/** A storm lasts a few seconds; more often costs more than it shows. Microseconds. */
const EVERY = 500;

if (isMainThread) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: EVERY });
  let isOn = false;
  let count = 0;
  const toggle = (): void => {
    isOn = !isOn;
    if (isOn) return session.post('Profiler.start');
    session.post('Profiler.stop', (error, { profile }) => {
      if (error) throw error;
      count += 1;
      writeFileSync(path.join(folder, `${process.pid}-${count}.cpuprofile`), JSON.stringify(profile));
    });
  };
  process.on('SIGIO', toggle);
  if (query.has('start')) toggle();
}
