import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Run } from '#lib/journal/run.ts';
import { renderReport } from '../page/html.ts';
import { sampleReport } from '../page/testing.ts';
import { gather } from './gather.ts';

const run: Run = {
  addresses: { server: '10.0.28.182', client: '10.0.142.133' },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
  versions: {},
  starts: [],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-gather-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The demo in a report, from this demo.json in a folder without a capture. */
async function demoOf(file: string | undefined) {
  if (file !== undefined) await writeFile(join(folder, 'demo.json'), file);
  const report = await gather(folder, run, { made: new Date(0), versions: {} });
  renderReport(report);
  const { experiments, threeWays, notMade } = report;
  return { experiments, threeWays, ...(notMade && { notMade }) };
}

describe('demo.json', () => {
  const { experiments, threeWays } = JSON.parse(JSON.stringify(sampleReport()));

  test('is in the report', async () => {
    expect(await demoOf(JSON.stringify({ experiments, threeWays }))).toEqual({ experiments, threeWays });
  });

  test('has the titles of those that were not made', async () => {
    const notMade = ['A lost SYN'];
    expect(await demoOf(JSON.stringify({ experiments, threeWays, notMade }))).toEqual({
      experiments,
      threeWays,
      notMade,
    });
  });

  test('may have experiments only', async () => {
    expect(await demoOf(JSON.stringify({ experiments }))).toEqual({ experiments, threeWays: [] });
  });

  test.each([
    undefined,
    '',
    '{"experiments": [',
    'null',
    '3',
    '"text"',
    '[]',
    '{"experiments": null, "threeWays": 3}',
    '{"experiments": "all", "threeWays": {}}',
  ])('counts as no demo if it is %j', async (file) => {
    expect(await demoOf(file)).toEqual({ experiments: [], threeWays: [] });
  });
});
