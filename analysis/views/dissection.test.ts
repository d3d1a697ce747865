import { describe, expect, test } from '@jest/globals';
import { parsePacket, tsharkArguments } from './dissection.ts';
import { isToServer, kindOf } from './packet.ts';
import { packet, ports } from './testing.ts';

const own = { framesBefore: 0, began: undefined };
const row = (fields: Record<string, string>) => {
  const args = tsharkArguments('-', { ports, dissector: undefined, filter: undefined });
  const names = args.flatMap((argument, index) => (args[index - 1] === '-e' ? [argument] : []));
  return names.map((name) => fields[name] ?? '').join('\t');
};
const message = {
  'frame.number': '7',
  'frame.time_epoch': '1795325173.107143000',
  'frame.time_relative': '0.018055000',
  '_ws.col.def_src': '10.0.142.133',
  '_ws.col.def_dst': '10.0.28.182',
  '_ws.col.protocol': 'TCP',
  'frame.len': '72',
  'tcp.srcport': '40000',
  'tcp.dstport': '9090',
  'tcp.seq_raw': '123',
  'tcp.flags': '0x0018',
  'tcp.payload': '54657374310a',
  '_ws.expert.severity': '2097152',
  '_ws.col.info': '40000 → 9090 [PSH, ACK]',
};

describe('a row of tshark', () => {
  test('is a packet', () => {
    expect(parsePacket(row(message), own)).toEqual({
      number: 7,
      epoch: 1795325173.107143,
      time: 0.018055,
      source: '10.0.142.133',
      destination: '10.0.28.182',
      protocol: 'TCP',
      length: 72,
      info: '40000 → 9090 [PSH, ACK]',
      payload: Buffer.from('Test1\n'),
      isTrouble: false,
      segment: {
        transport: 'tcp',
        from: '10.0.142.133:40000',
        to: '10.0.28.182:9090',
        fromPort: 40_000,
        toPort: 9090,
        seq: 123,
        flags: 0x18,
      },
    });
  });

  test('of a later file counts on from the files before', () => {
    const later = parsePacket(row(message), { framesBefore: 1_000, began: 1795325170 })!;
    expect(later.number).toBe(1_007);
    expect(later.time.toFixed(6)).toBe('3.107143');
  });

  test('shows trouble: warnings, errors, retransmissions', () => {
    const trouble = (fields: Record<string, string>) => parsePacket(row({ ...message, ...fields }), own)!;
    expect(trouble({ '_ws.expert.severity': '2097152,8388608' }).isTrouble).toBe(true);
    expect(trouble({ '_ws.expert.severity': '4194304' }).isTrouble).toBe(false);
    expect(trouble({ 'tcp.analysis.retransmission': '1' })).toMatchObject({ isTrouble: true });
  });

  test('of an ICMP error is no segment, though it carries one', () => {
    const error = parsePacket(row({ ...message, 'icmp.type': '3' }), own)!;
    expect(error.segment).toBeUndefined();
    expect(error.payload).toHaveLength(0);
  });

  test('lets no escape sequence through', () => {
    const hostile = parsePacket(row({ ...message, '_ws.col.info': 'GET /\u001b[31m\tx' }), own)!;
    expect(hostile.info).toBe('GET /\\u001b[31m\\tx');
    const doubled = parsePacket(row({ ...message, '_ws.col.info': String.raw`answer Te\\x8ct1` }), own)!;
    expect(doubled.info).toBe(String.raw`answer Te\x8ct1`);
  });

  test('cut short is none', () => {
    expect(parsePacket('7\t1795325173.1', own)).toBeUndefined();
  });
});

test("tshark gets the lab's dissector only where there is one, and the filter as one argument", () => {
  const without = tsharkArguments('a.pcap', { ports, dissector: undefined, filter: undefined });
  expect(without.join(' ')).toMatch(/-r a\.pcap -d tcp\.port==8080,http -d tcp\.port==9090,data -d udp/);
  expect(without).not.toContain('-Y');
  const filter = 'tcp.port == 9090; rm';
  const all = tsharkArguments('-', { ports, dissector: '/x/wirelab.lua', filter });
  expect(all.join(' ')).toMatch(/-X lua_script:\/x\/wirelab\.lua -o wirelab\.port:9090 .*,wirelab -d udp/);
  expect(all[all.indexOf('-Y') + 1]).toBe(filter);
});

test('a packet is a request, an answer, control, trouble or something else', () => {
  expect(kindOf(packet({ text: 'Hey' }), ports)).toBe('request');
  expect(kindOf(packet({ text: 'Hey', fromServer: true }), ports)).toBe('answer');
  expect(kindOf(packet({}), ports)).toBe('control');
  expect(kindOf(packet({ text: 'Hey', isTrouble: true }), ports)).toBe('trouble');
  expect(kindOf({ ...packet({}), segment: undefined }, ports)).toBe('other');
});

test('elsewhere the lower port is the server', () => {
  const segment = packet({}).segment!;
  expect(isToServer({ ...segment, toPort: 53, fromPort: 50_000 }, ports)).toBe(true);
  expect(isToServer({ ...segment, toPort: 50_000, fromPort: 53 }, ports)).toBe(false);
});
