import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { noOptions } from '#lib/faults/wire/testing.ts';
import { parsed, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { formatScript, optionsOf, parseScript, type Rule, ScriptCounts } from './script.ts';

function scriptOf(text: string): readonly Rule[] {
  const read = parseScript(text);
  if ('problem' in read) throw new Error(read.problem);
  return read.value;
}

const verbs = 'allowed: drop, duplicate, reorder, corrupt, tamper, delay';
const form =
  'allowed: rules separated by commas, each: a verb, the packets, their numbers. Examples: drop tcp data 5, drop ack 3-6, delay udp 2 by 200ms; words: tcp, udp, icmp, port N, flow N, data, ack, syn, syn-ack, fin, rst';

describe('a script', () => {
  test.each([
    ['drop 1'],
    ['drop tcp data 5'],
    ['drop ack 3-6'],
    ['delay udp 2 by 200ms'],
    ['delay 1 by 0ms'],
    ['reorder tcp port 9090 flow 2 data 7'],
    ['reorder data 7 by 3'],
    ['corrupt icmp 1, tamper tcp data 2, duplicate syn 1-2'],
    [' drop  tcp   1 ,drop 2-2 ', 'drop tcp 1, drop 2'],
    ['drop data tcp 1', 'drop tcp data 1'],
    ['delay 1 by 1500ms', 'delay 1 by 1.5s'],
  ])('is read: %s', (text, written = text) => {
    expect(formatScript(scriptOf(text))).toBe(written);
  });

  test.each([
    ['', `"" begins with no verb; ${verbs}`],
    ['drop 1,', `"" begins with no verb; ${verbs}`],
    ['loss 1', `"loss 1" begins with no verb; ${verbs}`],
    ['mtu 1', `"mtu 1" begins with no verb; ${verbs}`],
    ['DROP 1', `"DROP 1" begins with no verb; ${verbs}`],
    ...[
      'drop',
      'drop tcp',
      'drop 0',
      'drop 5-3',
      'drop 1-',
      'drop 1.5',
      'drop first 1',
      'drop 1000000000',
    ].map((text) => [text, `"${text}" has no number of packets after drop; ${form}`] as [string, string]),
    ['drop port 1', `"drop port 1" has no number of packets after drop; ${form}`],
    ['drop port x 1', '"drop port x 1": "port x"; allowed after port: a whole number from 1 to 65535'],
    ['drop 1 by 5ms', '"drop 1 by 5ms": "by 5ms" at the end; allowed after drop: nothing'],
    ['drop 1 2', '"drop 1 2": "2" at the end; allowed after drop: nothing'],
    ...['', 'by', 'by 5', 'in 5ms', 'by 5ms 5ms', 'by 61s', 'by 5constructor'].map(
      (end) =>
        [
          `delay 1 ${end}`,
          `"${`delay 1 ${end}`.trim()}": "${end}" at the end; allowed after delay: by and a time such as 50ms or 1.5s, at most 60s`,
        ] as [string, string],
    ),
    ...['by 0', 'by 1.5', 'by 5ms', 'by 1001'].map(
      (end) =>
        [
          `reorder 1 ${end}`,
          `"reorder 1 ${end}": "${end}" at the end; allowed after reorder: by and a whole number of packets from 1 to 1000`,
        ] as [string, string],
    ),
  ])('"%s" is refused', (text, problem) => {
    expect(parseScript(text)).toEqual({ problem });
  });

  test('is read back as what was written', () => {
    const number = fc.integer({ min: 1, max: 999_999 });
    const words = fc.subarray(['tcp', 'port 9090', 'flow 2', 'data']).map((some) => some.join(' '));
    const verb = fc.oneof(
      fc.constantFrom('drop', 'duplicate', 'corrupt', 'tamper', 'reorder').map((name) => [name, ''] as const),
      fc.integer({ min: 1, max: 1_000 }).map((by) => ['reorder', `by ${by}`] as const),
      fc.integer({ min: 0, max: 6_000_000 }).map((by) => ['delay', `by ${by / 100}ms`] as const),
    );
    const rule = fc
      .tuple(verb, words, number, number)
      .map(([[name, by], some, from, more]) => `${name} ${some} ${from}-${from + more} ${by}`);
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), (rules) => {
        const script = scriptOf(rules.join(','));
        expect(scriptOf(formatScript(script))).toEqual(script);
      }),
    );
  });
});

describe('a rule', () => {
  const options = { ...noOptions, delay: { ms: 5, jitterMs: 2, shape: 'normal' } } as const;

  test.each([
    ['delay 1 by 200ms', { delay: { ms: 200, jitterMs: 0, shape: 'uniform' }, reorderBy: 1 }],
    ['reorder 1 by 3', { delay: options.delay, reorderBy: 3 }],
    ['reorder 1', { delay: options.delay, reorderBy: 1 }],
    ['drop 1', { delay: options.delay, reorderBy: 1 }],
  ])('%s has these options', (text, own) => {
    expect(optionsOf(scriptOf(text)[0]!, options)).toEqual({ ...options, ...own });
  });
});

describe('the counts', () => {
  const syn = parsed(tcpPacket({ flags: 'S' }));
  const ack = parsed(tcpPacket());
  const data = parsed(tcpPacket({ payload: 'Hey' }));
  const datagram = parsed(udpPacket({ payload: 'Hey' }));
  const traffic = [syn, ack, data, ack, data, ack, data, datagram];

  const struckBy = (text: string) => {
    const script = scriptOf(text);
    const counts = new ScriptCounts();
    return traffic.flatMap((packet, index) => {
      const rule = counts.next(script, packet, 1);
      return rule ? [`${index} ${formatScript([rule])}`] : [];
    });
  };

  test.each([
    ['drop 1', ['0 drop 1']],
    ['drop 3', ['2 drop 3']],
    ['drop tcp data 2', ['4 drop tcp data 2']],
    ['drop data 2-4', ['4 drop data 2-4', '6 drop data 2-4', '7 drop data 2-4']],
    ['drop ack 9', []],
    ['drop tcp flow 2 1', []],
    ['duplicate ack 2, drop udp 1', ['3 duplicate ack 2', '7 drop udp 1']],
  ])('%s strikes exactly the packets that it names', (text, struck) => {
    expect(struckBy(text)).toEqual(struck);
  });

  test('of two rules go on for both, and the first that strikes decides', () => {
    expect(struckBy('drop 3, duplicate data 1-2')).toEqual(['2 drop 3', '4 duplicate data 1-2']);
  });

  test('take a retransmission for a further packet', () => {
    const counts = new ScriptCounts();
    const script = scriptOf('drop data 2');
    expect([1, 2, 3].map(() => counts.next(script, data, 1) !== undefined)).toEqual([false, true, false]);
  });

  test('go on under the same script, and begin again under another', () => {
    const counts = new ScriptCounts();
    const strikes = (text: string) => counts.next(scriptOf(text), data, 1) !== undefined;
    expect([strikes('drop data 3'), strikes('drop data 3'), strikes('drop data 3')]).toEqual([
      false,
      false,
      true,
    ]);
    expect([strikes('drop tcp 2'), strikes('drop tcp 2')]).toEqual([false, true]);
  });
});
