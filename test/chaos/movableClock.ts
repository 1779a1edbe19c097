import { readFileSync } from 'node:fs';

/**
 * Loaded before the server (`node --import`) in runs that move clocks: the wall clock of every thread differs from the true
 * one by as many milliseconds as the file named by WARROOM_TEST_CLOCK says. Timers stay true, as the kernel's monotonic
 * clock does when a wall clock is set.
 */
const file = process.env['WARROOM_TEST_CLOCK'];
if (file !== undefined) {
  const trueNow = Date.now.bind(Date);
  const TrueDate = Date;
  let shift = 0;
  const read = (): void => {
    shift = Number(readFileSync(file, 'utf8')) || 0;
  };
  read();
  setInterval(read, 100).unref();
  const now = (): number => trueNow() + shift;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, args: [], newTarget: typeof Date) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: () => new TrueDate(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)) as unknown,
  });
}
