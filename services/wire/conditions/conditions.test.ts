import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { conditionOf, conditionsOf } from '../testing.ts';
import { type ConditionName, type Conditions, conditionNames, conditions } from './conditions.ts';

const texts: Readonly<Record<ConditionName, readonly string[]>> = {
  faults: ['none', 'loss=0.05', 'loss=0.1,duplicate=0.2,reorder=0.1,corruption=0.01,tamper=1e-7'],
  burst: ['none', '1', '2.5', '1000'],
  reorderBy: ['1', '1000'],
  delay: ['0ms', '50ms', '1.5s', '60s', '0.25ms'],
  jitter: ['0ms', '5ms', '5ms normal', '60s normal'],
  order: ['keep', 'free'],
  rate: ['none', '1kbit', '10mbit', '10gbit', '1.234567891gbit'],
  bucket: ['0B', '1.514kB', '64kB', '100MB'],
  queue: ['1', '100', '100000', '1.514kB', '64kB', '100MB'],
  aqm: ['tail-drop', 'red', 'codel'],
  mtu: ['none', '68', '1400', '65535 black-hole'],
  tamper: ['none', 'rst', 'replay 200ms', 'replace pay=bay', 'replace a b=c d'],
  filter: ['none', 'tcp', 'tcp port 9090 flow 2 data'],
  script: ['none', 'drop tcp data 5', 'drop ack 3-6, delay udp 2 by 200ms'],
};

const read = (name: ConditionName, text: string) => conditions[name].parse(text);
const write = <Name extends ConditionName>(name: Name, value: Conditions[Name]) =>
  conditions[name].format(value);

describe.each(conditionNames)('%s', (name) => {
  test.each(texts[name])('is written as it was read: %s', (text) => {
    expect(write(name, conditionOf(name, text))).toBe(text);
  });

  test('has a fallback that is written as it was read', () => {
    expect(write(name, conditionOf(name))).toBe(conditions[name].fallback);
  });

  test('reads or refuses any text, and reads back what it writes', () => {
    const alphabet = [...'0159.-=, %BkMms', 'bit', 'tcp ', 'port ', 'drop ', 'by ', 'replace ', 'loss='];
    const text = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.array(fc.constantFrom(...alphabet)).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(text, (typed) => {
        const result = read(name, typed);
        if ('problem' in result) expect(result.problem).toContain('allowed');
        else expect(read(name, write(name, result.value as never))).toEqual(result);
      }),
      { numRuns: 150 },
    );
  });
});

test('nothing set is a wire that does nothing', () => {
  expect(conditionsOf()).toEqual({
    faults: { kind: 'probabilities', of: new Map() },
    burst: undefined,
    reorderBy: 1,
    delay: 0,
    jitter: { jitterMs: 0, shape: 'uniform' },
    order: 'keep',
    rate: undefined,
    bucket: 0,
    queue: { packets: 100 },
    aqm: 'tail-drop',
    mtu: { mtu: undefined, oversize: 'icmp' },
    tamper: undefined,
    filter: {},
    script: [],
  });
});

test.each<[ConditionName, string, unknown]>([
  ['faults', 'loss=0.05', { kind: 'probabilities', of: new Map([['loss', 0.05]]) }],
  ['burst', '2.5', 2.5],
  ['delay', '1.5s', 1_500],
  ['jitter', '5ms normal', { jitterMs: 5, shape: 'normal' }],
  ['jitter', '5ms uniform', { jitterMs: 5, shape: 'uniform' }],
  ['rate', '10mbit', 1e7],
  ['bucket', '64kB', 64_000],
  ['queue', '50', { packets: 50 }],
  ['queue', '64kB', { bytes: 64_000 }],
  ['mtu', '1400', { mtu: 1_400, oversize: 'icmp' }],
  ['mtu', '1400 black-hole', { mtu: 1_400, oversize: 'black-hole' }],
  ['tamper', 'replace pay=bay', { how: 'replace', find: Buffer.from('pay'), put: Buffer.from('bay') }],
  ['tamper', 'replay 200ms', { how: 'replay', afterMs: 200 }],
  ['filter', 'udp port 9091', { protocol: 'udp', port: 9_091 }],
])('%s=%s has its value', (name, text, value) => {
  expect(read(name, text)).toEqual({ value });
});

const tampering =
  'allowed: replace OLD=NEW with as many bytes in NEW as in OLD, replay and a time such as replay 200ms, rst, or none';
const shapes = 'allowed: a time such as 5ms, at most 60s, alone or followed by uniform or normal';
const sizes = 'allowed: bytes from 68 to 65535, alone or followed by black-hole; or none';
const lengths = 'allowed: packets from 1 to 100000, or a size such as 1500B or 64kB from 1514B to 100MB';
const rates = 'allowed: a rate such as 500kbit or 10mbit, from 1kbit to 10gbit, or none';
const bursts = 'allowed: a number of packets from 1 to 1000, or none';

test.each<[ConditionName, string, string]>([
  [
    'faults',
    'delay=0.1',
    '"delay=0.1" names no fault; allowed: loss, duplicate, reorder, corruption, tamper, or none alone',
  ],
  ['faults', 'loss=0.6,tamper=0.5', 'the probabilities add up to 1.1; allowed: at most 1'],
  [
    'faults',
    'script:loss',
    'a script has its own setting; allowed: probabilities such as loss=0.05, or none',
  ],
  ['burst', '0.9', bursts],
  ['burst', '1001', bursts],
  ['burst', '1e2', bursts],
  ['reorderBy', '0', 'allowed: a whole number from 1 to 1000'],
  ['reorderBy', '1.5', 'allowed: a whole number from 1 to 1000'],
  ['delay', '61s', 'allowed: a time such as 50ms or 1.5s, at most 60s'],
  ['delay', '50', 'allowed: a time such as 50ms or 1.5s, at most 60s'],
  ['jitter', '5ms even', shapes],
  ['jitter', '5ms normal more', shapes],
  ['order', 'none', 'allowed: keep, free'],
  ['rate', '999bit', rates],
  ['rate', '10.1gbit', rates],
  ['bucket', '101MB', 'allowed: a size such as 1500B or 64kB, at most 100MB'],
  ['queue', '0', lengths],
  ['queue', '100001', lengths],
  ['queue', '1513B', lengths],
  ['aqm', 'fq', 'allowed: tail-drop, red, codel'],
  ['mtu', '67', sizes],
  ['mtu', '65536', sizes],
  ['mtu', '1400 gone', sizes],
  ['tamper', 'replace pay=ba', tampering],
  ['tamper', 'replace =', tampering],
  ['tamper', 'replace a=b=c', tampering],
  ['tamper', 'replay 61s', tampering],
  ['tamper', 'RST', tampering],
  [
    'filter',
    'http',
    '"http" selects nothing; allowed: tcp, udp, icmp, port N, flow N, data, ack, syn, syn-ack, fin, rst, or none',
  ],
  ['filter', 'port http', '"port http"; allowed after port: a whole number from 1 to 65535'],
  [
    'script',
    'lose 1',
    '"lose 1" begins with no verb; allowed: drop, duplicate, reorder, corrupt, tamper, delay',
  ],
])('%s=%s is refused, and the refusal names what is allowed', (name, text, problem) => {
  expect(read(name, text)).toEqual({ problem });
});
