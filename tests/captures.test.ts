import { beforeAll, describe, expect, test } from '@jest/globals';
import { expected, names, read, type Views } from './golden/golden.ts';

const all = await names();
let found: Readonly<Record<string, Views>>;

beforeAll(async () => {
  found = await read(all);
});

describe.each(all)('the golden capture %s', (name) => {
  test('has the stored output in every view', async () => {
    expect(found[name]).toEqual(await expected(name));
  });
});
