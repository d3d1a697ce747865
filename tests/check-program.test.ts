import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Lab } from './lab.ts';
import { checkProgram, copyPrograms, inCompiled } from './sheets/program-check.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start({}, 'plain');
  await copyPrograms(lab);
});
afterAll(() => lab?.end());

/** A mistake, the stage that finds it, the judgement, how that explains itself, and programs that make it. */
interface Mistake {
  readonly what: string;
  readonly sheet: string;
  readonly stage: string;
  readonly kind: string;
  readonly shown: RegExp;
  readonly programs: readonly string[];
  /** Those in C and Java, if the image has compilers. */
  readonly compiled?: readonly string[];
}

function ofClient(what: string, stage: string, kind: string, shown: RegExp): Mistake {
  const programs = ['python3 client-wrong.py', 'node client-wrong.ts', 'bash client-wrong.sh'];
  return {
    ...{ what, stage, kind, shown, sheet: 'resilient-client' },
    programs: programs.map((program) => `${program} ${what}`),
  };
}

const mistakes: readonly Mistake[] = [
  {
    ...ofClient('no-timeout', 'timeout', 'attempts', /^1 attempt, frame \d+/),
    compiled: inCompiled('client-no-timeout'),
  },
  ofClient('for-ever', 'give-up', 'gives-up', /^it still ran after \d+ s, with \d+ attempts, frames \d+/),
  {
    ...ofClient(
      'ignores-checksum',
      'checksum',
      'refuses-checksum',
      /^the echo in frame \d+ is altered .* as accepted$/,
    ),
    compiled: inCompiled('client-ignores-checksum'),
  },
  ofClient(
    'reconnects-wrongly',
    'reset',
    'reconnects',
    /^frame \d+ resets the connection, and frame \d+ goes to /,
  ),
  ofClient('old-socket', 'reset', 'reconnects', /^frame \d+ resets the connection, and no packet/),
  ofClient('duplicates', 'duplicate', 'delivers', /^it prints "[a-z]+-[a-z]+-\d+" 2 times$/),
  ofClient('gives-up-at-once', 'notice', 'attempts', /^1 attempt, frame \d+, and the program ended/),
  ofClient('floods', 'timeout', 'waits', /^0\.\d+ s between frame \d+ and frame \d+$/),
  {
    what: 'window-too-large',
    sheet: 'reliable-sender',
    stage: 'selective-repeat',
    kind: 'window',
    shown: /^frame \d+ sends DATA \d+ while 1 is the first/,
    programs: ['python3 sender-window-too-large.py', 'node sender-wrong.ts window-too-large'],
  },
  {
    what: 'retransmits-everything',
    sheet: 'reliable-sender',
    stage: 'selective-repeat',
    kind: 'retransmissions',
    shown: /of what was acknowledged: frame \d+ repeats DATA/,
    programs: ['node sender-wrong.ts retransmits-everything'],
  },
  {
    what: 'one-at-a-time',
    sheet: 'echo-server',
    stage: 'clients',
    kind: 'answers',
    shown: /^0 of 3 answered; the messages are in frames/,
    programs: [
      'bash server-one-at-a-time.sh',
      'python3 server-one-at-a-time.py',
      'node server-one-at-a-time.ts',
    ],
  },
];

/** EVERY_LANGUAGE=1 takes all programs; without it, each mistake is made in one language, and each language makes some. */
const chosen = mistakes.flatMap((mistake, at) => {
  const { compiled = [], programs } = mistake;
  const some = process.env.EVERY_LANGUAGE ? programs : [programs[at % programs.length]!];
  return [...some, ...compiled].map((program) => ({ ...mistake, program }));
});

test.each(chosen)('$program: $stage, $kind', async ({ program, sheet, stage, kind, shown }) => {
  const { code, scored, stages: found } = await checkProgram(lab, { program, sheet, stages: stage });
  expect({ code, scored }).toEqual({ code: 1, scored: 0 });
  expect(found).toMatchObject([{ id: stage, state: 'failed' }]);
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
