import { expect, test } from '@jest/globals';
import { flagEmpty } from './captures.ts';
import { Flags } from './flags.ts';

test('two captures without a packet agree', () => {
  const flags = new Flags();
  flagEmpty(['server', 'client'], flags);
  expect(flags.all()).toEqual([]);
  flagEmpty(['client'], flags);
  expect(flags.all()[0]!.details).toEqual(["the client's capture has no packet between the two hosts"]);
});
