import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Lab } from './lab.ts';
import { checkProgram, copyPrograms, inCompiled } from './sheets/program-check.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start({}, 'plain');
  await copyPrograms(lab);
});
afterAll(() => lab?.end());

/** The stages that say most about a program, for a second and third language. */
const OF_CLIENT = 'datagrams,reset,timeout,balance';

test.each([
  ['node resilient-right.ts', 'resilient-client', undefined],
  ['python3 resilient-right.py', 'resilient-client', OF_CLIENT],
  ['bash resilient-right.sh', 'resilient-client', OF_CLIENT],
  ...inCompiled('resilient-right').map((program) => [program, 'resilient-client', undefined] as const),
  ['python3 sender-right.py', 'reliable-sender', undefined],
  ['python3 server-right.py', 'echo-server', undefined],
  ['python3 server-never-ends.py', 'echo-server', 'echo,messages'],
  ['setsid sleep 600 & python3 resilient-right.py', 'resilient-client', 'echo'],
])('%s: %s scores full', async (program, sheet, stages) => {
  const {
    code,
    scored,
    points,
    stages: found,
  } = await checkProgram(lab, {
    program,
    sheet,
    ...(stages && { stages }),
  });
  expect(found.filter(({ state }) => state === 'failed')).toEqual([]);
  expect({ code, scored }).toEqual({ code: 0, scored: points });
  if (stages === undefined) expect(points).toBe(100);
});

test.each([
  ['python3 client.py', 'resilient-client'],
  ['node client.ts', 'resilient-client'],
  ['python3 sender.py', 'reliable-sender'],
  ['node server.ts', 'echo-server'],
])('the template %s: %s scores zero', async (program, sheet) => {
  expect(await checkProgram(lab, { program, sheet })).toMatchObject({ code: 1, scored: 0, points: 100 });
});
