import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type FaultChange, FaultChangeError, Faults } from '#lib/faults/faults.ts';
import type { Note } from '#lib/journal/open-journal.ts';
import type { Log } from '#lib/runtime/log.ts';
import { controlFaults } from './fault-control.ts';

const shared = { noun: 'fault', faults: ['loss', 'delay', 'reset'], rest: 'none' };
const fewer = { ...shared, faults: ['loss', 'delay'] };

const info = jest.fn();
const error = jest.fn();
const note = jest.fn<Note>();
const parts = { log: { info, error } as unknown as Log, note, counts: 'message' } as const;

let control: ReturnType<typeof controlFaults>;
let servers: Faults[];

beforeEach(() => {
  info.mockReset();
  error.mockReset();
  note.mockReset().mockResolvedValue();
  const configured = {
    profile: { kind: 'probabilities', of: new Map([['loss', 0.5]]) },
    seed: 'alice',
  } as const;
  servers = [
    new Faults('echo-tcp', shared, configured, shared),
    new Faults('echo-udp', fewer, configured, shared),
  ];
  control = controlFaults(servers, parts);
});

function profiles() {
  return control.status().map(({ profile }) => profile);
}

async function problemsOf(change: FaultChange, all = control) {
  const refused = all.change(change);
  await expect(refused).rejects.toThrow(FaultChangeError);
  return refused.catch(({ problems }) => problems);
}

test('the status has every server, in their order', () => {
  servers[1]!.next();
  expect(control.status()).toEqual(servers.map((faults) => faults.status()));
});

describe('a change', () => {
  test.each<[FaultChange, string[]]>([
    [{ profile: 'delay=1' }, ['delay=1', 'delay=1']],
    [{ profile: 'reset=1' }, ['reset=1', 'none']],
    [{ profiles: { 'echo-udp': 'delay=1' } }, ['loss=0.5', 'delay=1']],
    [{ profile: 'script:reset,loss', profiles: { 'echo-udp': 'none' } }, ['script:reset,loss', 'none']],
    [{ seed: 'bob' }, ['loss=0.5', 'loss=0.5']],
    [{}, ['loss=0.5', 'loss=0.5']],
  ])('%j leads to %j', async (change, after) => {
    await control.change(change);
    expect(profiles()).toEqual(after);
  });

  test('is journaled and printed by every server that it concerns, with the draws so far', async () => {
    servers[1]!.next();
    await control.change({ profile: 'script:delay' });
    expect(note.mock.calls).toEqual([
      ['faults', { server: 'echo-tcp', profile: 'script:delay', seed: 'alice', message: 0 }],
      ['faults', { server: 'echo-udp', profile: 'script:delay', of: 'messages', seed: 'alice', message: 1 }],
    ]);
    expect(info.mock.calls).toEqual([
      ['Fault profile of echo-tcp is now script:delay, seed alice, next draw 1'],
      ['Fault profile of echo-udp is now script:delay, seed alice, next draw 2'],
    ]);
  });

  test.each<[FaultChange, string[]]>([
    [{ profiles: { 'echo-udp': 'none' } }, ['echo-udp']],
    [{ reset: true }, ['echo-tcp', 'echo-udp']],
    [{ seed: 'bob' }, ['echo-tcp', 'echo-udp']],
    [{ reset: false }, []],
    [{}, []],
  ])('%j concerns %j', async (change, concerned) => {
    await control.change(change);
    expect(note.mock.calls.map(([, detail]) => detail)).toMatchObject(
      concerned.map((server) => ({ server })),
    );
    expect(note).toHaveBeenCalledTimes(concerned.length);
  });

  test('is active before it is journaled, and also when it can not be journaled', async () => {
    note.mockImplementation(async () => {
      expect(profiles()).toEqual(['none', 'none']);
      throw new Error('no space left on device');
    });
    await control.change({ profile: 'none' });
    expect(error).toHaveBeenCalledWith(expect.stringContaining('no space left on device'));
  });

  test('with check changes, journals and prints nothing', async () => {
    const before = control.status();
    await control.change({ profile: 'delay=1', seed: 'bob', reset: true }, { check: true });
    expect(control.status()).toEqual(before);
    expect(note).not.toHaveBeenCalled();
    expect(info).not.toHaveBeenCalled();
  });
});

describe('a refused change', () => {
  test.each([{}, { check: true }])('of one server is carried out by none, with %j', async (options) => {
    const before = control.status();
    const change = { profiles: { 'echo-tcp': 'delay=1', 'echo-udp': 'reset=1' }, seed: 'bob' };
    await expect(control.change(change, options)).rejects.toMatchObject({
      problems: ['echo-udp profile: "reset=1" names no fault; allowed: loss, delay, or none alone'],
    });
    expect(control.status()).toEqual(before);
    expect(note).not.toHaveBeenCalled();
  });

  test('names a problem of both servers once', async () => {
    expect(await problemsOf({ profile: 'lost=1', seed: '' })).toEqual([
      'profile: "lost=1" names no fault; allowed: loss, delay, reset, or none alone',
      'seed: "" is no seed; allowed: any other text',
    ]);
  });

  test('names an unknown server, and the problems of the known ones', async () => {
    expect(await problemsOf({ profiles: { 'echo-sctp': 'none', 'echo-udp': 'x=1' } })).toEqual([
      'profiles: no server is called "echo-sctp"; allowed: echo-tcp, echo-udp',
      'echo-udp profile: "x=1" names no fault; allowed: loss, delay, or none alone',
    ]);
  });

  test('is any profile when there is no server', async () => {
    const empty = controlFaults([], parts);
    expect(await problemsOf({ profile: 'none' }, empty)).toEqual([
      'profile: the echo server is in sink mode (ECHO_MODE=sink) and sends no answers, so it has no faults',
    ]);
    expect(empty.status()).toEqual([]);
  });
});
