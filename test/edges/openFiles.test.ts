import { expect, test } from 'vitest';
import { mostConnections } from '../../server/openFiles.ts';

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft}                 1048576              files\n`;

test('[E45] people get the open files that the database and the bus do not need', () => {
  expect(mostConnections(limits('1024'))).toBe(960);
  expect(mostConnections(limits('100'))).toBe(50);
});

test('[E45] without a limit that the system tells, none is set', () => {
  expect(mostConnections(limits('unlimited'))).toBeNull();
  expect(mostConnections('')).toBeNull();
});
