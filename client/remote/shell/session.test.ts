import { expect, test } from '@jest/globals';
import { membersOf } from './session.ts';

/** The first fields of /proc/PID/stat. */
const stat = (id: number, name: string, session: number) =>
  `${id} (${name}) S 1 ${id} ${session} 34816 ${id} 4194304 112 0 0 0`;

test('the processes of a session are found, whatever they are called', () => {
  const stats = [
    stat(100, 'bash', 100),
    stat(101, 'a) S 1 1 7 (b', 100),
    stat(102, 'vim', 99),
    stat(7, 'x 100 100 100', 7),
  ];
  expect(membersOf(100, stats)).toEqual([100, 101]);
  expect(membersOf(1, stats)).toEqual([]);
});
