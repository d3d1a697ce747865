import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseProfile } from '../fault-profile.ts';
import { DEFAULT_PROFILE, type FaultName, faultCalled, faultNames, faultNamesOf } from './index.ts';

const all = ['loss', 'delay', 'corruption', 'duplicate', 'reorder', 'truncate', 'reset', 'drip'];

describe('the names', () => {
  test('of all faults keep their order, in which a draw is laid over them', () => {
    expect(faultNames).toEqual({ noun: 'fault', faults: all, rest: 'none' });
    expect(faultNamesOf.tcp).toEqual(faultNames);
  });

  test('of the faults of UDP leave out reset, which is of TCP alone', () => {
    expect(faultNamesOf.udp).toEqual({ ...faultNames, faults: all.filter((name) => name !== 'reset') });
  });

  test('are those of the files', async () => {
    const files = await readdir(import.meta.dirname);
    const named = files
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => file.slice(0, -'.ts'.length))
      .filter((name) => !['fault', 'index', 'replay'].includes(name));
    expect(named.toSorted()).toEqual(all.toSorted());
    for (const name of named as FaultName[]) expect(faultCalled(name)?.name).toBe(name);
  });
});

test('none is no fault', () => {
  expect(faultCalled('none')).toBeUndefined();
});

test.each(all as FaultName[])('%s has its line in the docs', async (name) => {
  const docs = await readFile(join(import.meta.dirname, '../../../docs/echo-server.md'), 'utf8');
  expect(docs).toContain(`\n| \`${name}\` | ${faultCalled(name)!.summary} |\n`);
});

test.each(['tcp', 'udp'] as const)('the default profile can be done on %s', (protocol) => {
  expect(parseProfile(DEFAULT_PROFILE, faultNamesOf[protocol]).problems).toEqual([]);
});
