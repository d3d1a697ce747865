import { describe, expect, test } from '@jest/globals';
import { attemptsAt, CLIENT, frameOf, matchOf, seenOf, stageOf } from '../program-testing.ts';
import { judgeOne } from './all.ts';

const stage = stageOf({});
const [message = ''] = seenOf(stage).drawn.messages;

describe('attempts', () => {
  const twice = { kind: 'attempts', min: 2, max: 2 };

  test('hold when there are as many as asked for', () => {
    const attempts = attemptsAt(stage, [frameOf(1)], [frameOf(3)]);
    expect(judgeOne(twice, seenOf(stage, { attempts }))).toMatchObject({ holds: true, shown: 'frames 1, 3' });
  });

  test('name the frame of a single attempt, and how the program ended', () => {
    const attempts = attemptsAt(stage, [frameOf(1)]);
    const shown = '1 attempt, frame 1, and the program ended with exit code 0';
    expect(judgeOne(twice, seenOf(stage, { attempts }))).toMatchObject({ holds: false, shown });
  });

  test('excuse an attempt after an answer that a busy machine sent late', () => {
    const late = matchOf('none', frameOf(2, 1.9));
    const attempts = attemptsAt(stage, [frameOf(1, 1), late], [frameOf(3, 2)], [frameOf(4, 3)]);
    expect(judgeOne(twice, seenOf(stage, { attempts }))).toMatchObject({ holds: true });
    const prompt = attemptsAt(stage, [frameOf(1, 1)], [frameOf(3, 2)], [frameOf(4, 3)]);
    expect(judgeOne(twice, seenOf(stage, { attempts: prompt }))).toMatchObject({ holds: false });
  });

  test('say where the program knocked instead', () => {
    const strays = [{ frame: frameOf(7), to: '10.0.28.182:9091' }];
    const shown = 'nothing that the server takes for its message; frame 7 goes to 10.0.28.182:9091';
    expect(judgeOne(twice, seenOf(stage, { strays }))).toMatchObject({
      holds: false,
      shown,
      frames: [frameOf(7)],
    });
  });
});

describe('waits', () => {
  const second = { kind: 'waits', min: 0.5, max: 5 };

  test.each([
    [1, true],
    [0.02, false],
    [6, false],
  ])('%s s between two attempts', (took, holds) => {
    const attempts = attemptsAt(stage, [frameOf(1, 10), matchOf('delay')], [frameOf(2, 10 + took)]);
    expect(judgeOne(second, seenOf(stage, { attempts })).holds).toBe(holds);
  });

  test('do not count after an answer', () => {
    const answered = matchOf('loss', frameOf(2, 10.01));
    const attempts = attemptsAt(stage, [frameOf(1, 10), answered], [frameOf(3, 10.02)]);
    expect(judgeOne(second, seenOf(stage, { attempts }))).toMatchObject({ holds: false });
  });
});

describe('delivers', () => {
  const once = { kind: 'delivers', each: 'once' };

  test.each([
    [[message], true],
    [[], false],
    [[message, message], false],
    [[message, 'altered'], false],
  ])('once: %j', (printed, holds) => {
    expect(judgeOne(once, seenOf(stage, { printed })).holds).toBe(holds);
  });

  test('never: nothing may be printed', () => {
    const never = { kind: 'delivers', each: 'never' };
    expect(judgeOne(never, seenOf(stage)).holds).toBe(true);
    expect(judgeOne(never, seenOf(stage, { printed: [message] })).holds).toBe(false);
  });
});

describe('refuses-checksum', () => {
  const asked = { kind: 'refuses-checksum' };
  const altered = matchOf('corruption', frameOf(2));

  test('holds when another attempt follows the altered echo', () => {
    const attempts = attemptsAt(stage, [frameOf(1), altered], [frameOf(3)]);
    expect(judgeOne(asked, seenOf(stage, { attempts, printed: [message] }))).toMatchObject({ holds: true });
  });

  test('fails when the altered text was accepted, or nothing follows', () => {
    const attempts = attemptsAt(stage, [frameOf(1), altered]);
    expect(judgeOne(asked, seenOf(stage, { attempts }))).toMatchObject({ holds: false });
    const accepted = judgeOne(asked, seenOf(stage, { attempts, printed: ['x\u0000'] }));
    expect(accepted.shown).toContain('prints "x\\u0000" as accepted');
  });
});

describe('reconnects', () => {
  const asked = { kind: 'reconnects' };
  const reset = { frame: frameOf(2), by: 'server' } as const;
  const broken = { client: CLIENT, begun: frameOf(0), reset };

  test('holds when the message is on another connection', () => {
    const other = '10.0.142.133:40001';
    const [first, second] = attemptsAt(stage, [frameOf(1)], [frameOf(4)]);
    const talks = [broken, { client: other, begun: frameOf(3) }];
    const attempts = [first!, { ...second!, client: other }];
    expect(judgeOne(asked, seenOf(stage, { talks, attempts }))).toMatchObject({ holds: true });
  });

  test('fails when nothing follows', () => {
    const seen = seenOf(stage, { talks: [broken], attempts: attemptsAt(stage, [frameOf(1)]) });
    const shown = 'frame 2 resets the connection, and no packet of the program follows';
    expect(judgeOne(asked, seen)).toMatchObject({ holds: false, shown });
  });
});

describe('gives-up', () => {
  const asked = { kind: 'gives-up', within: 3 };

  test('fails when the program had to be ended', () => {
    const attempts = attemptsAt(stage, [frameOf(1)]);
    const ran = { ...seenOf(stage).ran, ended: 20, forced: 'time' } as const;
    expect(judgeOne(asked, seenOf(stage, { attempts, ran }))).toMatchObject({ holds: false });
  });

  test('holds when it ends soon after its last attempt', () => {
    expect(judgeOne(asked, seenOf(stage, { attempts: attemptsAt(stage, [frameOf(3)]) }))).toMatchObject({
      holds: true,
    });
    expect(judgeOne(asked, seenOf(stage))).toMatchObject({ holds: false });
  });
});
