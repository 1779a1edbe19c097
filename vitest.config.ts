import { defineConfig } from 'vitest/config';

// CI wants the outcome as data as well; it names the file to write.
const report = process.env['WARROOM_TEST_REPORT'];

/** Tests that start processes or a browser: one file at a time, since they measure time and use both cores. */
const alone = { fileParallelism: false, hookTimeout: 120_000 } as const;

/**
 * Browser tests that `npm test` leaves to `npm run test:browser`, for their length alone: all views and all looks, pages of
 * two builds, and the interface in a language of long words.
 */
const onlyInFullRun = ['views', 'looks', 'documentLooks', 'versions', 'pseudo'].map(
  (name) => `test/browser/${name}.test.ts`,
);

export default defineConfig({
  test: {
    environment: 'node',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'test/{rules,contracts,edges,project,rooms,broadcast,client,review,records}/**/*.test.{ts,tsx}',
          ],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts'],
          // 2,000 seeds take about a minute and a half of one core.
          testTimeout: 400_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...alone,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // Real processes, databases and proxies on a busy machine: the report shows what needed a second try.
          retry: 1,
          testTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...alone,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: onlyInFullRun,
          // A browser on a busy machine is late now and then; the report shows what needed another try.
          retry: 2,
          testTimeout: 120_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          ...alone,
          name: 'matrix',
          include: onlyInFullRun,
          testTimeout: 120_000,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
