import { describe, expect, test } from '@jest/globals';
import { crcOf } from '#lib/message/crc.ts';
import { DOWN, icmpPacket, ipPacket, parsed, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { Lab } from './testing.ts';

const datagram = udpPacket({ id: 7, payload: 'Hey there' });
const segment = tcpPacket({ id: 300, sequence: 5_000, flags: 'AP', payload: 'Hey' });

test.each(['loss', 'tail-drop', 'early-drop', 'overflow'])(
  'a packet that was decided to be lost by %s is confirmed when it is nowhere',
  async (fault) => {
    const lab = new Lab();
    lab.send(datagram, { time: 10, fault, arrives: [] });
    expect(await lab.decisions()).toMatchObject([
      { reason: 'lost', from: 'client', sent: { number: 2 }, received: [], took: undefined },
    ]);
    expect(await lab.fortunes()).toEqual({ [`lost by ${fault}`]: 1 });
  },
);

test('a packet that was decided to be lost, and arrives, contradicts its entry', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'loss', arrives: [datagram] });
  expect(await lab.reasons()).toEqual(['arrived-anyway']);
});

test('a delayed packet has both frames, and the time between them', async () => {
  const lab = new Lab();
  lab.send(segment, { time: 10, fault: 'delay', detail: { delay_ms: 30 }, took: 0.0312 });
  const [found] = await lab.decisions();
  expect(found).toMatchObject({ reason: 'arrived', sent: { number: 2 }, received: [{ number: 2 }] });
  expect(found!.took).toBeCloseTo(0.0312, 5);
});

test('a packet that arrives before its delay is over contradicts its entry', async () => {
  const lab = new Lab();
  lab.send(segment, { time: 10, fault: 'delay', detail: { delay_ms: 30 }, took: 0.02 });
  expect(await lab.reasons()).toEqual(['arrived-early']);
});

test('a delay of a minute is awaited', async () => {
  const lab = new Lab();
  lab.send(segment, { time: 10, fault: 'delay', detail: { delay_ms: 60_000 }, took: 60.1 });
  expect(await lab.reasons()).toEqual(['arrived']);
});

test('a delayed packet that is dropped later has both entries confirmed, and the drop explains it', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'delay', detail: { delay_ms: 3 }, arrives: [] });
  lab.decide(datagram, { time: 10, fault: 'tail-drop', detail: { queue_packets: 40, queue_bytes: 9 } });
  expect(await lab.reasons()).toEqual(['dropped-later', 'lost']);
  expect(await lab.fortunes()).toEqual({ 'lost by tail-drop': 1 });
});

test('a drop contradicts the packet that it names when that arrives', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'delay', detail: { delay_ms: 3 }, took: 0.004 });
  lab.decide(datagram, { time: 10, fault: 'tail-drop', detail: { queue_packets: 40, queue_bytes: 9 } });
  expect(await lab.reasons()).toEqual(['arrived', 'arrived-anyway']);
});

test.each([datagram, segment, icmpPacket({ id: 9, payload: 'ping' })])(
  'a doubled packet arrives twice',
  async (packet) => {
    const lab = new Lab();
    lab.send(packet, { time: 10, fault: 'duplicate' });
    expect(await lab.decisions()).toMatchObject([
      { reason: 'arrived-twice', received: [{ number: 2 }, { number: 3 }] },
    ]);
    expect(await lab.fortunes()).toEqual({ 'arrived by duplicate': 1, 'twice by duplicate': 1 });
  },
);

test('a doubled packet of which one copy finds no room arrives once', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'duplicate', arrives: [datagram] });
  lab.decide(datagram, { time: 10, fault: 'tail-drop', detail: { queue_packets: 40, queue_bytes: 9 } });
  expect(await lab.reasons()).toEqual(['arrived', 'lost']);
});

test('a doubled packet that arrives once contradicts its entry', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'duplicate', arrives: [datagram] });
  expect(await lab.reasons()).toEqual(['not-arrived']);
});

const flipped = { offset: 30, bit: 1, before: '0x79', after: '0x7b' };

test('a corrupted packet arrives with the byte that was decided', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'corruption', detail: flipped });
  expect(await lab.reasons()).toEqual(['arrived-altered']);
  expect(await lab.fortunes()).toEqual({ 'altered by corruption': 1 });
});

test('a corrupted checksum is seen, although the checksum of the sender may be unfinished', async () => {
  const ack = tcpPacket({ id: 5, flags: 'A' });
  const unfinished = Buffer.from(ack);
  unfinished.writeUInt16BE(0x1234, 36);
  const detail = { offset: 36, bit: 0, before: '0x00', after: '0x01' };
  const [right, wrong] = [0x01, 0x77].map((byte) => {
    const copy = Buffer.from(ack);
    copy[36] = byte;
    return copy;
  });
  for (const [arrives, reason] of [
    [right!, 'arrived-altered'],
    [wrong!, 'arrived-different'],
  ] as const) {
    const lab = new Lab();
    lab.see('client', 10, unfinished);
    lab.pass(ack, { time: 10, fault: 'corruption', detail, arrives: [arrives] });
    expect(await lab.reasons()).toEqual([reason]);
  }
});

test('a packet that arrives with other bytes than were decided contradicts its entry', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'corruption', detail: flipped, arrives: [datagram] });
  expect(await lab.reasons()).toEqual(['arrived-different']);
});

test('a packet that was delayed, and arrives altered, contradicts its entry and is explained by none', async () => {
  const lab = new Lab();
  const other = udpPacket({ id: 7, payload: 'Bye there' });
  lab.send(datagram, { time: 10, fault: 'delay', detail: { delay_ms: 1 }, arrives: [other], took: 0.002 });
  expect(await lab.reasons()).toEqual(['arrived-different']);
  expect(await lab.fortunes()).toEqual({ 'altered by nothing': 1 });
});

test('replaced bytes, a replay and an added RST are found', async () => {
  const lab = new Lab();
  const replace = { tamper: 'replace', offset: 0, before: '486579', after: '427965' };
  lab.send(segment, { time: 10, fault: 'tamper', detail: replace });
  const second = tcpPacket({ id: 301, sequence: 5_003, payload: 'two' });
  lab.send(second, { time: 20, fault: 'tamper', detail: { tamper: 'replay', again_ms: 20 }, number: 2 });
  const third = tcpPacket({ id: 302, sequence: 5_006, payload: 'three' });
  lab.send(third, { time: 30, fault: 'tamper', detail: { tamper: 'rst' }, number: 3 });
  expect(await lab.reasons()).toEqual(['arrived-altered', 'arrived-twice', 'reset-added']);
  const [, , last] = await lab.decisions();
  expect(last!.received).toHaveLength(2);
});

test('two added RSTs that are alike each belong to a packet of their own', async () => {
  const lab = new Lab();
  const rst = { fault: 'tamper', detail: { tamper: 'rst' }, took: 0.005 };
  lab.send(tcpPacket({ id: 301, acknowledgment: 7 }), { time: 10, ...rst });
  lab.send(tcpPacket({ id: 302, acknowledgment: 9 }), { time: 10.000_2, ...rst, number: 2 });
  expect(await lab.reasons()).toEqual(['reset-added', 'reset-added']);
  expect(await lab.fortunes()).toEqual({ 'arrived by tamper': 2 });
});

test('ICMP errors about datagrams that have no identification each belong to one of them', async () => {
  const lab = new Lab();
  const detail = { mtu: 500, oversize: 'icmp' };
  for (const [at, letter] of ['x', 'y'].entries()) {
    const large = udpPacket({ id: 0, place: 0x4000, payload: letter.repeat(1_200) });
    lab.send(large, { time: 10 + at / 5_000, fault: 'mtu', detail, number: at + 1 });
  }
  const errors = (await lab.decisions()).map(({ reason, error }) => ({ reason, error: error?.number }));
  expect(errors).toEqual([
    { reason: 'error-sent', error: 4 },
    { reason: 'error-sent', error: 5 },
  ]);
});

test('an RST that was decided and is not there contradicts its entry', async () => {
  const lab = new Lab();
  lab.send(segment, { time: 10, fault: 'tamper', detail: { tamper: 'rst' }, arrives: [segment] });
  expect(await lab.reasons()).toEqual(['not-arrived']);
});

test('a packet that is too large arrives in fragments', async () => {
  const lab = new Lab();
  const large = udpPacket({ id: 70, payload: 'x'.repeat(1_200) });
  lab.send(large, { time: 10, fault: 'mtu', detail: { mtu: 500, oversize: 'fragments' } });
  const [found] = await lab.decisions();
  expect(found).toMatchObject({ reason: 'in-fragments' });
  expect(found!.received).toHaveLength(3);
  expect(await lab.fortunes()).toEqual({ 'arrived by mtu': 1 });
});

test('a fragment that is missing contradicts the entry, and one that was dropped does not', async () => {
  for (const isDropped of [false, true]) {
    const lab = new Lab();
    const large = udpPacket({ id: 70, payload: 'x'.repeat(600) });
    const content = parsed(large).bytes.subarray(20);
    const first = ipPacket(17, content.subarray(0, 480), { id: 70, place: 0x2000 });
    const detail = { mtu: 500, oversize: 'fragments' };
    lab.send(large, { time: 10, fault: 'mtu', detail, arrives: [first] });
    const queue = { queue_packets: 1, queue_bytes: 1 };
    if (isDropped) lab.decide(large, { time: 10, fault: 'tail-drop', detail: queue });
    expect(await lab.reasons()).toEqual(isDropped ? ['in-fragments', 'lost'] : ['not-arrived']);
  }
});

test('a fragment of the sender is matched by its place', async () => {
  const lab = new Lab();
  const second = ipPacket(17, Buffer.from('the rest'), { id: 71, place: 0x3c });
  lab.send(second, { time: 10, fault: 'delay', detail: { delay_ms: 2 }, took: 0.003 });
  expect(await lab.reasons()).toEqual(['arrived']);
});

test('a fragment of the sender that does not arrive proves nothing: a kernel may wait for the others', async () => {
  const lab = new Lab();
  const second = ipPacket(17, Buffer.from('the rest'), { id: 71, place: 0x3c });
  lab.send(second, { time: 10, fault: 'delay', detail: { delay_ms: 2 }, arrives: [] });
  expect(await lab.reasons()).toEqual(['fragment']);
});

test('an ICMP error that the wire dropped itself has a verdict, and so has the packet', async () => {
  const lab = new Lab();
  const large = tcpPacket({ id: 70, place: 0x4000, payload: 'x'.repeat(1_200) });
  lab.send(large, { time: 10, fault: 'mtu', detail: { mtu: 500, oversize: 'icmp' }, isSilent: true });
  lab.dropError(large, { time: 10, mtu: 500 });
  expect(await lab.reasons()).toEqual(['error-dropped', 'error-dropped']);
});

test('the ICMP error for a packet that is too large is in the capture of its sender', async () => {
  const lab = new Lab();
  const large = tcpPacket({ id: 70, place: 0x4000, payload: 'x'.repeat(1_200) });
  lab.send(large, { time: 10, fault: 'mtu', detail: { mtu: 500, oversize: 'icmp' } });
  expect(await lab.decisions()).toMatchObject([{ reason: 'error-sent', error: { number: 3 } }]);
  expect(await lab.fortunes()).toEqual({ 'lost by mtu': 1 });
});

test('an ICMP error that nobody got contradicts its entry', async () => {
  const lab = new Lab();
  const large = tcpPacket({ id: 70, place: 0x4000, payload: 'x'.repeat(1_200) });
  lab.see('client', 10, large);
  lab.decide(large, { time: 10, fault: 'mtu', detail: { mtu: 500, oversize: 'icmp' } });
  expect(await lab.reasons()).toEqual(['no-error']);
});

const bytes = Buffer.from('abcdefghij'.repeat(30));
const frame = tcpPacket({ id: 500, sequence: 9_000, flags: 'AP', payload: bytes });
const pieces = [0, 100, 200].map((at) =>
  tcpPacket({
    id: 500 + at / 100,
    sequence: 9_000 + at,
    flags: at === 200 ? 'AP' : 'A',
    payload: bytes.subarray(at, at + 100),
  }),
);

test('entries of segments belong to the large frame out of which they were cut', async () => {
  const lab = new Lab();
  lab.see('client', 10, frame);
  lab.pass(frame, {
    time: 10,
    fault: 'delay',
    detail: { delay_ms: 1 },
    took: 0.002,
    cut: pieces[0]!,
    number: 1,
  });
  lab.pass(frame, { time: 10, fault: 'loss', cut: pieces[1]!, number: 2 });
  lab.pass(frame, { time: 10, cut: pieces[2]! });
  expect(await lab.decisions()).toMatchObject([
    { reason: 'arrived', sent: { number: 2 }, received: [{}] },
    { reason: 'lost', sent: { number: 2 }, received: [] },
  ]);
  expect(await lab.fortunes()).toEqual({ 'arrived by delay': 1, 'lost by loss': 1, 'arrived by nothing': 1 });
});

test('segments that the receiver joined are found, also over the end of a frame', async () => {
  const lab = new Lab();
  const next = tcpPacket({ id: 503, sequence: 9_300, flags: 'AP', payload: 'k'.repeat(50) });
  const joined = tcpPacket({
    id: 500,
    sequence: 9_000,
    flags: 'AP',
    payload: Buffer.concat([bytes, Buffer.alloc(50, 'k')]),
  });
  lab.see('client', 10, frame);
  lab.see('client', 10.000_1, next);
  for (const [at, cut] of [...pieces, next].entries()) {
    lab.pass(frame, {
      time: 10.001,
      fault: 'delay',
      detail: { delay_ms: 1 },
      cut,
      arrives: [],
      number: at + 1,
    });
  }
  lab.see('server', 10.01, joined);
  expect(await lab.reasons()).toEqual(['arrived', 'arrived', 'arrived', 'arrived']);
  const found = await lab.packets();
  expect(found.map(({ fortune }) => fortune)).not.toContain('lost');
});

test('a retransmission has an IP identification of its own, and is another packet', async () => {
  const lab = new Lab();
  lab.send(segment, { time: 10, fault: 'loss' });
  lab.send(tcpPacket({ id: 301, sequence: 5_000, flags: 'AP', payload: 'Hey' }), { time: 10.2 });
  expect(await lab.reasons()).toEqual(['lost']);
  expect(await lab.fortunes()).toEqual({ 'lost by loss': 1, 'arrived by nothing': 1 });
});

test('among copies without an identification the time chooses', async () => {
  const lab = new Lab();
  const synAck = tcpPacket({ ...DOWN, id: 0, flags: 'SA', sequence: 1, acknowledgment: 2 });
  lab.send(synAck, { time: 10, fault: 'loss' });
  lab.send(synAck, { time: 11 });
  lab.send(synAck, { time: 12, fault: 'delay', detail: { delay_ms: 5 }, took: 0.006, number: 3 });
  const found = await lab.decisions();
  expect(found.map(({ reason, sent }) => [reason, sent?.number])).toEqual([
    ['lost', 2],
    ['arrived', 4],
  ]);
  expect(await lab.fortunes()).toEqual({ 'lost by loss': 1, 'arrived by nothing': 1, 'arrived by delay': 1 });
});

test('identical copies that wait for long arrive in their order', async () => {
  const lab = new Lab();
  const rst = tcpPacket({ ...DOWN, id: 0, flags: 'R', sequence: 7 });
  lab.send(tcpPacket({ ...DOWN, id: 9, sequence: 6 }), { time: 9.9, took: 0.05 });
  for (let at = 0; at < 20; at += 1) lab.see('server', 10 + at / 10_000, rst);
  for (let at = 0; at < 20; at += 1) lab.see('client', 10.05 + at / 10_000, rst);
  const found = await lab.packets();
  expect(found.map(({ fortune }) => fortune)).toEqual(found.map(() => 'arrived'));
  expect(found.filter(({ isOvertaken }) => isOvertaken)).toEqual([]);
});

test('a lost copy is one that has not arrived, also when its entry is read after the arrival of the next', async () => {
  const lab = new Lab();
  const rst = tcpPacket({ ...DOWN, id: 0, flags: 'R', sequence: 7 });
  for (const time of [10, 10.000_1, 10.000_2]) lab.see('server', time, rst);
  for (const time of [10.000_3, 10.000_4]) lab.see('client', time, rst);
  lab.decide(rst, { time: 10, fault: 'loss', number: 2 });
  expect(await lab.reasons()).toEqual(['lost']);
  expect(await lab.fortunes()).toEqual({ 'lost by loss': 1, 'arrived by nothing': 2 });
});

test('datagrams without an identification are told apart by their payload', async () => {
  const lab = new Lab();
  for (const [at, payload] of ['one', 'two', 'six'].entries()) {
    const fault = at === 1 ? 'loss' : 'duplicate';
    lab.send(udpPacket({ id: 0, payload }), { time: 10, fault, number: at + 1 });
  }
  expect(await lab.reasons()).toEqual(['arrived-twice', 'lost', 'arrived-twice']);
});

test('a reordered packet counts those that pass it', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'reorder', detail: { by: 2 }, took: 0.05 });
  for (const id of [8, 9]) lab.send(udpPacket({ id, payload: 'next' }), { time: 10 + id / 1_000 });
  expect(await lab.decisions()).toMatchObject([{ reason: 'arrived', passed: 2 }]);
  const overtaken = (await lab.packets()).filter(({ isOvertaken }) => isOvertaken);
  expect(overtaken).toMatchObject([{ frame: 2, entry: { fault: 'reorder' } }]);
});

test('an entry without a packet of its sender contradicts the capture', async () => {
  const lab = new Lab();
  lab.decide(datagram, { time: 10, fault: 'loss' });
  expect(await lab.decisions()).toMatchObject([{ reason: 'not-sent', sent: undefined }]);
});

test('an entry with another CRC belongs to no packet', async () => {
  const lab = new Lab();
  lab.see('client', 10, datagram);
  lab.decide(udpPacket({ id: 7, payload: 'Bye there' }), { time: 10, fault: 'loss' });
  expect(await lab.reasons()).toEqual(['not-sent']);
});

test('what the wire lost without an entry is named', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, arrives: [] });
  lab.send(segment, { time: 11, arrives: [segment, segment] });
  lab.see('server', 12, udpPacket({ id: 99, payload: 'out of nowhere' }));
  expect(await lab.fortunes()).toEqual({
    'lost by nothing': 1,
    'arrived by nothing': 1,
    'twice by nothing': 1,
    'stray by nothing': 1,
  });
});

test('nothing is accused where a capture was not running or has a gap', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'delay', detail: { delay_ms: 3 }, arrives: [] });
  lab.send(segment, { time: 50, fault: 'loss' });
  lab.decide(udpPacket({ ...DOWN, payload: 'x' }), { time: 50, fault: 'loss' });
  lab.see('server', 21, icmpPacket({ ...DOWN, id: 3 }));
  lab.gaps.push({ host: 'server', from: 50, to: 51 });
  expect(await lab.reasons({ serverBegins: 20 })).toEqual(['before-capture', 'capture-gap', 'capture-gap']);
});

describe('the only packet of a run, which was lost', () => {
  const lostAt = (time: number, recorded: { from: number; to: number }[]) => {
    const lab = new Lab({ frames: false });
    lab.send(datagram, { time, fault: 'loss' });
    for (const one of recorded) lab.recorded.push({ host: 'server', ...one });
    return lab;
  };

  test('is confirmed where the records say that the capture of its receiver was running', async () => {
    const lab = lostAt(10, [{ from: 1, to: 90 }]);
    expect(await lab.reasons()).toEqual(['lost']);
    expect(await lab.fortunes()).toEqual({ 'lost by loss': 1 });
  });

  test.each([
    ['there are no records', 10, []],
    ['it was lost before they begin', 10, [{ from: 11, to: 90 }]],
    ['it was lost after they end', 91, [{ from: 1, to: 90 }]],
  ])('proves nothing when %s', async (_when, time, recorded) => {
    const lab = lostAt(time, recorded);
    expect(await lab.reasons()).toEqual(['before-capture']);
    expect(await lab.fortunes()).toEqual({ 'unknown by loss': 1 });
  });
});

test('what still waits in a queue when a capture ends is not called lost', async () => {
  const lab = new Lab({ frames: false });
  for (let time = 10; time < 30; time += 0.05) {
    lab.event(time, { event: 'queue', direction: 'up', packets: 5, bytes: 7_000, dropped: 0 });
  }
  lab.see('client', 10, datagram);
  lab.see('client', 10.01, segment);
  lab.see('server', 29, segment);
  lab.recorded.push({ host: 'server', from: 0, to: 27 });
  expect(await lab.fortunes()).toEqual({ 'unknown by nothing': 1, 'arrived by nothing': 1 });
});

test('an entry of an unknown fault, or of another host, is unknown', async () => {
  const lab = new Lab();
  lab.send(datagram, { time: 10, fault: 'melt' });
  lab.decide(udpPacket({ source: '10.0.0.9', payload: 'x' }), { time: 10, fault: 'loss' });
  expect(await lab.reasons()).toEqual(['unknown-fault', 'other-host']);
});

test('details that make no sense are those of an unknown fault', async () => {
  const lab = new Lab();
  lab.see('client', 10, datagram);
  lab.decide(datagram, { time: 10, fault: 'tamper', detail: { tamper: 'replace', offset: 1 } });
  lab.see('client', 20, segment);
  lab.decide(segment, { time: 20, fault: 'mtu', detail: { mtu: 0, oversize: 'fragments' }, number: 2 });
  expect(await lab.reasons()).toEqual(['unknown-fault', 'unknown-fault']);
});

test('bytes that were not captured prove no corruption', async () => {
  const lab = new Lab();
  const detail = { offset: 35, bit: 0, before: '0x72', after: '0x73' };
  lab.see('client', 10, datagram);
  lab.decide(datagram, { time: 10, fault: 'corruption', detail });
  const cut = Buffer.concat([datagram.subarray(0, 30), Buffer.alloc(datagram.length - 30)]);
  lab.see('server', 10.001, cut, 30);
  expect(await lab.reasons()).toEqual(['truncated']);
});

test('a clock that is set back leaves nothing to accuse', async () => {
  const lab = new Lab();
  lab.event(100, { event: 'missed', packets: 1 });
  lab.send(datagram, { time: 10, fault: 'loss' });
  lab.send(segment, { time: 11, arrives: [] });
  for (const host of ['client', 'server'] as const) lab.see(host, 5, icmpPacket({ id: 3 }));
  expect(await lab.reasons()).toEqual(['lost']);
  expect(await lab.fortunes()).toMatchObject({ 'lost by nothing': 1 });
  lab.isSetBack = true;
  expect(await lab.reasons()).toEqual(['clock-set']);
  expect(Object.keys(await lab.fortunes()).sort()).toEqual(['unknown by loss', 'unknown by nothing']);
});

test('a packet waits in a queue as long as the queue holds others', async () => {
  const lab = new Lab();
  lab.see('client', 10, datagram);
  for (let time = 10; time < 30; time += 0.05) {
    lab.event(time, { event: 'queue', direction: 'up', packets: 5, bytes: 7_000, dropped: 0 });
  }
  lab.see('server', 30, datagram);
  expect(await lab.packets()).toMatchObject([{ fortune: 'arrived', hasQueued: true }]);
});

test('CRCs are those of the journal', () => {
  expect(crcOf(Buffer.from('123456789'))).toBe('cbf43926');
});

test('many packets that are identical in everything are each matched', async () => {
  const lab = new Lab();
  const count = 1_000;
  const same = udpPacket({ id: 0, payload: 'Hey|e4599fa9' });
  for (let number = 1; number <= count; number += 1) {
    const time = 10 + number / 10_000;
    lab.send(same, number % 5 === 0 ? { time, fault: 'loss', number } : { time });
  }
  expect(new Set(await lab.reasons())).toEqual(new Set(['lost']));
  expect(await lab.fortunes()).toEqual({ 'arrived by nothing': 800, 'lost by loss': 200 });
});
