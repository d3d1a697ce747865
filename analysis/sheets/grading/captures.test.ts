import { expect, test } from '@jest/globals';
import { flagEmpty } from './captures.ts';
import { Flags } from './flags.ts';

test('two captures without a packet agree', () => {
  const flags = new Flags();
  flagEmpty(['server', 'client'], false, flags);
  expect(flags.all()).toEqual([]);
  flagEmpty(['client'], false, flags);
  expect(flags.all()[0]!.details).toEqual(["the client's capture has no packet between the two hosts"]);
});

test('two captures without a packet do not agree with a journal', () => {
  const flags = new Flags();
  flagEmpty(['server', 'client'], true, flags);
  expect(flags.all()[0]!.count).toBe(2);
});
