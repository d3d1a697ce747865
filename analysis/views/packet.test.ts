import { describe, expect, test } from '@jest/globals';
import { printedPacket } from '#analysis/capture/testing.ts';
import { kindOf, shown, shownFields } from './packet.ts';
import { packet } from './testing.ts';

const message = {
  'frame.time_epoch': '1795325173.107143000',
  'frame.time_relative': '0.018055000',
  '_ws.col.def_src': '10.0.142.133',
  '_ws.col.def_dst': '10.0.28.182',
  '_ws.col.protocol': 'TCP',
  'frame.len': '72',
  'tcp.srcport': '40000',
  'tcp.dstport': '9090',
  'tcp.payload': '54657374310a',
  '_ws.expert.severity': '2097152',
  '_ws.col.info': '40000 → 9090 [PSH, ACK]',
};
const shownOf = (fields: Record<string, string> = {}, began?: number) =>
  shown(printedPacket({ ...message, ...fields }, shownFields, 7), began);

describe('a frame', () => {
  test('has the columns of Wireshark', () => {
    expect(shownOf()).toMatchObject({
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
    });
  });

  test('of a later file has the time since the first frame of the capture', () => {
    expect(shownOf({}, 1795325170).time.toFixed(6)).toBe('3.107143');
  });

  test('is trouble if it has a warning, an error or a retransmission', () => {
    const isTrouble = (fields: Record<string, string>) => shownOf(fields).isTrouble;
    expect(isTrouble({ '_ws.expert.severity': '2097152 8388608' })).toBe(true);
    expect(isTrouble({ '_ws.expert.severity': '4194304' })).toBe(false);
    expect(isTrouble({ 'tcp.analysis.retransmission': '1' })).toBe(true);
  });

  test('has no escape sequences', () => {
    expect(shownOf({ '_ws.col.info': 'GET /\u001b[31m\tx' }).info).toBe('GET /\\u001b[31m\\tx');
    expect(shownOf({ '_ws.col.info': String.raw`answer Te\\x8ct1` }).info).toBe(String.raw`answer Te\x8ct1`);
  });
});

test('a frame is a request, an answer, control, trouble or something else', () => {
  expect(kindOf(packet({ text: 'Hey' }))).toBe('request');
  expect(kindOf(packet({ text: 'Hey', fromServer: true }))).toBe('answer');
  expect(kindOf(packet({}))).toBe('control');
  expect(kindOf(packet({ text: 'Hey', isTrouble: true }))).toBe('trouble');
  expect(kindOf({ ...packet({}), carried: undefined })).toBe('other');
});
