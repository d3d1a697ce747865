import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Lab } from './lab.ts';
import { checkProgram, copyPrograms, inCompiled } from './sheets/program-check.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start({}, 'plain');
  await copyPrograms(lab);
});
afterAll(() => lab?.end());

const NO_TIMEOUT = /^1 attempt, frame \d+/;
const ACCEPTED = /^the echo in frame \d+ is altered .* as accepted$/;

/** A program with one mistake, the stage that finds it, the judgement, and how that explains itself. */
const mistakes: readonly (readonly [
  program: string,
  sheet: string,
  stage: string,
  kind: string,
  shown: RegExp,
])[] = [
  ...['python3 client-no-timeout.py', ...inCompiled('client-no-timeout')].map(
    (program) => [program, 'resilient-client', 'timeout', 'attempts', NO_TIMEOUT] as const,
  ),
  [
    'bash client-for-ever.sh',
    'resilient-client',
    'give-up',
    'gives-up',
    /^it still ran after \d+ s, with \d+ attempts, frames \d+/,
  ],
  ...['node client-ignores-checksum.ts', ...inCompiled('client-ignores-checksum')].map(
    (program) => [program, 'resilient-client', 'checksum', 'refuses-checksum', ACCEPTED] as const,
  ),
  [
    'python3 client-reconnects-wrongly.py',
    'resilient-client',
    'reset',
    'reconnects',
    /^frame \d+ resets the connection, and frame \d+ goes to /,
  ],
  [
    'bash client-old-socket.sh',
    'resilient-client',
    'reset',
    'reconnects',
    /^frame \d+ resets the connection, and no packet/,
  ],
  [
    'node client-duplicates.ts',
    'resilient-client',
    'duplicate',
    'delivers',
    /^it prints "[a-z]+-[a-z]+-\d+" 2 times$/,
  ],
  [
    'bash client-gives-up-at-once.sh',
    'resilient-client',
    'notice',
    'attempts',
    /^1 attempt, frame \d+, and the program ended/,
  ],
  [
    'python3 client-floods.py',
    'resilient-client',
    'timeout',
    'waits',
    /^0\.\d+ s between frame \d+ and frame \d+$/,
  ],
  [
    'python3 sender-window-too-large.py',
    'reliable-sender',
    'go-back-n',
    'window',
    /^frame \d+ sends DATA 9 while 1 is the first/,
  ],
  [
    'node sender-retransmits-everything.ts',
    'reliable-sender',
    'selective-repeat',
    'retransmissions',
    /of what was acknowledged: frame \d+ repeats DATA/,
  ],
  [
    'python3 server-one-at-a-time.py',
    'echo-server',
    'clients',
    'answers',
    /^0 of 3 answered; the messages are in frames/,
  ],
];

test.each(mistakes)('%s: %s, %s', async (program, sheet, stages, kind, shown) => {
  const { code, scored, stages: found } = await checkProgram(lab, { program, sheet, stages });
  expect({ code, scored }).toEqual({ code: 1, scored: 0 });
  expect(found).toMatchObject([{ id: stages, state: 'failed' }]);
  const judged = found[0]?.judgements.find((one) => one.kind === kind);
  expect(judged).toMatchObject({ kind, holds: false, shown: expect.stringMatching(shown) });
  await areFrames(judged?.frames ?? [], found[0]?.filter ?? '');
});

/** The frames of a verdict are in the capture, and its filter shows the conversation that most of them are of. */
async function areFrames(frames: readonly { readonly number: number }[], filter: string): Promise<void> {
  expect(frames.length).toBeGreaterThan(0);
  const shown = await lab.frames('client', filter, 'frame.number');
  expect(shown.map(([number]) => Number(number))).toEqual(expect.arrayContaining([frames[0]?.number]));
}
