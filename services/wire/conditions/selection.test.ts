import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DOWN, icmpPacket, ipPacket, parsed, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { classes, formatSelection, readSelection, type Selection, selects } from './selection.ts';

const packets = {
  syn: tcpPacket({ flags: 'S' }),
  'syn-ack': tcpPacket({ ...DOWN, flags: 'SA', from: 9_090, to: 40_000 }),
  ack: tcpPacket({ flags: 'A' }),
  data: tcpPacket({ flags: 'PA', payload: 'Hey' }),
  fin: tcpPacket({ flags: 'FA' }),
  rst: tcpPacket({ flags: 'R' }),
  'ack of a reset': tcpPacket({ flags: 'RA' }),
  datagram: udpPacket({ payload: 'Hey' }),
  'empty datagram': udpPacket(),
  'echo request': icmpPacket({ payload: 'Hey' }),
  'later fragment': ipPacket(6, Buffer.alloc(24), { place: 3 }),
} as const;
const names = Object.keys(packets) as (keyof typeof packets)[];

function selectionOf(text: string): Selection {
  const words = text.split(' ');
  const { selection, problem } = readSelection(words);
  expect(problem).toBeUndefined();
  expect(words.join(' ')).toBe('');
  return selection;
}

describe('the words', () => {
  test.each<[string, readonly (keyof typeof packets)[]]>([
    ['tcp', ['syn', 'syn-ack', 'ack', 'data', 'fin', 'rst', 'ack of a reset', 'later fragment']],
    ['udp', ['datagram', 'empty datagram']],
    ['icmp', ['echo request']],
    ['data', ['data', 'datagram', 'later fragment']],
    ['ack', ['ack']],
    ['syn', ['syn']],
    ['syn-ack', ['syn-ack']],
    ['fin', ['fin']],
    ['rst', ['rst', 'ack of a reset']],
    ['port 9090', ['syn', 'syn-ack', 'ack', 'data', 'fin', 'rst', 'ack of a reset']],
    ['port 9091', ['datagram', 'empty datagram']],
    ['port 40000 data', ['data', 'datagram']],
    ['tcp port 9090 data', ['data']],
    ['data port 9090 tcp', ['data']],
    ['udp ack', []],
    ['port 1', []],
  ])('%s select these packets', (text, selected) => {
    const selection = selectionOf(text);
    expect(names.filter((name) => selects(selection, parsed(packets[name]), 1))).toEqual(selected);
  });

  test.each([
    [1, false],
    [2, true],
    [3, false],
  ])('flow 2 select packets of the flow %i: %s', (flow, isSelected) => {
    expect(selects(selectionOf('flow 2'), parsed(packets.ack), flow)).toBe(isSelected);
  });

  test('that are none select everything', () => {
    expect(names.every((name) => selects({}, parsed(packets[name]), 7))).toBe(true);
  });

  test.each([
    ['tcp data 5', { protocol: 'tcp', class: 'data' }, ['5']],
    ['port 9090 5', { port: 9_090 }, ['5']],
    ['5 tcp', {}, ['5', 'tcp']],
    ['TCP', {}, ['TCP']],
    ['', {}, ['']],
  ])('in "%s" end at the first that selects nothing', (text, selection, left) => {
    const words = text.split(' ');
    expect(readSelection(words)).toEqual({ selection });
    expect(words).toEqual(left);
  });

  const oneOfEach = 'one of tcp, udp, icmp; one port; one flow; one of data, ack, syn, syn-ack, fin, rst';
  test.each([
    ['port', '"port "; allowed after port: a whole number from 1 to 65535'],
    ['port 0', '"port 0"; allowed after port: a whole number from 1 to 65535'],
    ['port 65536', '"port 65536"; allowed after port: a whole number from 1 to 65535'],
    ['tcp port data', '"port data"; allowed after port: a whole number from 1 to 65535'],
    ['flow -1', '"flow -1"; allowed after flow: a whole number from 1 to 99999'],
    ['flow 100000', '"flow 100000"; allowed after flow: a whole number from 1 to 99999'],
    ['tcp udp', `"udp" is one too many; allowed: ${oneOfEach}`],
    ['port 1 port 2', `"port" is one too many; allowed: ${oneOfEach}`],
    ['data syn', `"syn" is one too many; allowed: ${oneOfEach}`],
  ])('"%s" are refused', (text, problem) => {
    expect(readSelection(text.split(' ')).problem).toBe(problem);
  });
});

test('a selection is read back as what was written', () => {
  const selection = fc.record(
    {
      protocol: fc.constantFrom('tcp', 'udp', 'icmp'),
      port: fc.integer({ min: 1, max: 65_535 }),
      flow: fc.integer({ min: 1, max: 99_999 }),
      class: fc.constantFrom(...classes),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(selection, (given) => {
      expect(readSelection(formatSelection(given).split(' ')).selection).toEqual(given);
    }),
  );
});
