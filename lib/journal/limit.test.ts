import { expect, jest, test } from '@jest/globals';
import type { Log } from '#lib/runtime/log.ts';
import { createLimit } from './limit.ts';
import type { Note } from './open-journal.ts';

test('the number of refusals is printed and journaled once a second', () => {
  const rings: (() => void)[] = [];
  const warn = jest.fn();
  const note = jest.fn<Note>(async () => undefined);
  const log = { warn } as unknown as Log;
  const timer = (_: number, ring: () => void) => {
    rings.push(ring);
    return () => undefined;
  };
  const limit = createLimit('HTTP_MAX_CONNECTIONS', 8_000, { log, note, timer });
  for (let time = 0; time < 300; time += 1) limit.exceeded();
  expect(note).not.toHaveBeenCalled();
  expect(rings).toHaveLength(1);
  rings[0]!();
  expect(note.mock.calls).toEqual([
    ['limit', { setting: 'HTTP_MAX_CONNECTIONS', allowed: 8_000, refused: 300 }],
  ]);
  expect(warn).toHaveBeenCalledWith('HTTP_MAX_CONNECTIONS is 8000: 300 more were refused within a second');
  limit.exceeded();
  limit.close();
  expect(note).toHaveBeenLastCalledWith('limit', expect.objectContaining({ refused: 1 }));
  limit.close();
  expect(note).toHaveBeenCalledTimes(2);
});
