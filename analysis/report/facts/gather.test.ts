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

/** What a report says of the demo that left this, in a folder without a capture. */
async function demoOf(left: string | undefined) {
  if (left !== undefined) await writeFile(join(folder, 'demo.json'), left);
  const report = await gather(folder, run, { made: new Date(0), versions: {} });
  renderReport(report);
  return { experiments: report.experiments, threeWays: report.threeWays };
}

describe('what a demo left', () => {
  const { experiments, threeWays } = JSON.parse(JSON.stringify(sampleReport()));

  test('is in the report', async () => {
    expect(await demoOf(JSON.stringify({ experiments, threeWays }))).toEqual({ experiments, threeWays });
  });

  test('may be of a version that knew of experiments only', async () => {
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
  ])('is nothing when it is %j', async (left) => {
    expect(await demoOf(left)).toEqual({ experiments: [], threeWays: [] });
  });
});
