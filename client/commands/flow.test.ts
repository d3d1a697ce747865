import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isFlowEntry } from '#lib/journal/flow-schema.ts';
import type { Log } from '#lib/runtime/log.ts';
import { eventually } from '../../tests/eventually.ts';
import { writeProgram } from '../../tests/write-program.ts';
import { resultOf, socketLine } from '../flow/testing.ts';
import { type FlowOptions, flow } from './flow.ts';

const ID = '0123abcd';
const PATH = process.env.PATH ?? '';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelab-flow-'));
  process.env.PATH = `${folder}${delimiter}${PATH}`;
  writeProgram(join(folder, 'ss'), `#!/bin/sh\nprintf '%s\\n' '${socketLine({ cwnd: 42 })}'\n`);
});
afterEach(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true, force: true });
});

/** Puts an iperf3 into PATH that prints this after a moment. */
function iperf(printed: string, script = 'sleep 0.2'): void {
  writeFileSync(join(folder, 'result'), printed);
  writeProgram(
    join(folder, 'iperf3'),
    `#!/bin/bash\necho "$*" >'${folder}/arguments'\n${script}\ncat '${folder}/result'\n`,
  );
}

async function run(
  given: Partial<FlowOptions> = {},
  input: Readable = new PassThrough(),
  signal?: AbortSignal,
) {
  const lines: string[] = [];
  const log = {
    info: (line: string) => lines.push(...line.split('\n')),
    error: (line: string) => lines.push(`error: ${line}`),
  } as unknown as Log;
  const code = await flow(
    {
      ...{ address: '10.0.28.182', port: 5201, flows: 1, reverse: false },
      ...{ samples: false, json: false, journal: false, ...given },
    },
    {
      log,
      nameOf: (option) => option,
      now: () => new Date(1_735_787_045_006),
      newId: () => ID,
      input,
      controls: () => ['reno', 'cubic'],
      interrupted: signal ?? new AbortController().signal,
    },
  );
  const objects = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return { code, lines, objects, asked: () => readFileSync(join(folder, 'arguments'), 'utf8') };
}

const done = resultOf([{ port: 40_000, bytes: 10_000_000, retransmits: 17 }]);

describe('a flow', () => {
  test('is summed up with the window that ss has seen', async () => {
    iperf(done);
    const { code, lines, asked } = await run();
    expect(code).toBe(0);
    expect(lines).toEqual([
      `[CLIENT] Flow ${ID}: 10 MB to 10.0.28.182:5201 over 1 TCP connection`,
      '[CLIENT] 10 MB arrived in 2.00 s',
      '[CLIENT]   throughput       40.00 Mbit/s',
      '[CLIENT]   retransmissions  17 segments',
      '[CLIENT]   cwnd             42 segments at the end, from 42 to 42',
      '[CLIENT]   round trip       52.0 ms at the end, from 52.0 to 52.0 ms',
    ]);
    expect(asked()).toContain('--bytes 10000000');
  });

  test('with --json has one entry a line: its beginning, its samples, its end', async () => {
    iperf(done);
    const { lines, objects } = await run({ json: true, megabytes: 2 });
    expect(objects).toHaveLength(lines.length);
    expect(objects.every(isFlowEntry)).toBe(true);
    expect(objects[0]).toMatchObject({
      event: 'begin',
      flow: ID,
      bytes: 2_000_000,
      flows: 1,
      reverse: false,
    });
    expect(objects[1]).toMatchObject({ event: 'sample', flow: ID, client_port: 40_000, cwnd: 42 });
    expect(objects.at(-1)).toMatchObject({
      event: 'end',
      streams: [{ client_port: 40_000, retransmissions: 17, cwnd: { last: 42, min: 42, max: 42 } }],
    });
  });

  test('with --journal has both', async () => {
    iperf(done);
    const { lines, objects } = await run({ journal: true, seconds: 3 });
    expect(objects[0]).toMatchObject({ event: 'begin', seconds: 3 });
    expect(lines).toContain('[CLIENT] 10 MB arrived in 2.00 s');
  });

  test('takes its samples from standard input when the server sends', async () => {
    iperf(done);
    const input = Readable.from(['1796013477.936472\n', `${socketLine({ cwnd: 7, isServer: true })}\n`]);
    const { objects } = await run({ json: true, reverse: true, samples: true }, input);
    expect(objects[1]).toMatchObject({ event: 'sample', client_port: 40_000, cwnd: 7 });
  });

  test('has the congestion control that was asked for', async () => {
    iperf(done);
    const { code, asked, objects } = await run({ json: true, congestion: 'reno' });
    expect(code).toBe(0);
    expect(asked()).toMatch(/--congestion reno$/m);
    expect(isFlowEntry(objects[0])).toBe(true);
  });

  test('that sends little has its samples all the same', async () => {
    writeProgram(join(folder, 'ss'), `#!/bin/sh\nprintf '%s\\n' '${socketLine({ sent: 1_448 })}'\n`);
    iperf(resultOf([{ port: 40_000, bytes: 1_448 }]));
    const { objects } = await run({ json: true });
    expect(objects.filter(({ event }) => event === 'sample').length).toBeGreaterThan(0);
  });
});

describe('a flow fails', () => {
  test('when nothing listens', async () => {
    iperf('{"start":{"connected":[]},"end":{},"error":"unable to connect to server: Connection refused"}');
    const { code, lines } = await run();
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe(
      `error: [CLIENT] Flow ${ID} failed: unable to connect to server: Connection refused`,
    );
  });

  test('without iperf3', async () => {
    process.env.PATH = folder;
    const { code, lines } = await run();
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe(`error: [CLIENT] Flow ${ID} failed: there is no iperf3 on this host`);
  });

  test('when a person interrupts it, and shows what has arrived', async () => {
    iperf(
      resultOf([{ port: 40_000, bytes: 3_000_000 }], { error: 'interrupt - the client has terminated' }),
      `ended=\ntrap ended=1 INT\n: >'${folder}/waits'\nuntil [ "$ended" ]; do sleep 0.05; done`,
    );
    const person = new AbortController();
    const running = run({}, undefined, person.signal);
    await eventually('a flow', 10_000, () => existsSync(join(folder, 'waits')));
    person.abort();
    const { code, lines } = await running;
    expect(code).toBe(130);
    expect(lines).toContain('[CLIENT] 3 MB arrived in 2.00 s');
    expect(lines.at(-1)).toBe(`error: [CLIENT] Flow ${ID} failed: interrupted`);
  });

  test('before it begins, with two ends', async () => {
    expect(await run({ megabytes: 1, seconds: 1 })).toMatchObject({
      code: 2,
      lines: ['error: --seconds can not be combined with --megabytes; give one of them'],
    });
  });

  test('before it begins, with a congestion control that only root may choose', async () => {
    expect(await run({ congestion: 'bbr' })).toMatchObject({
      code: 2,
      lines: ['error: --congestion is "bbr"; allowed for a program without rights: reno, cubic'],
    });
  });
});
