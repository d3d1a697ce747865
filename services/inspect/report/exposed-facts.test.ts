import { expect, test } from '@jest/globals';
import { ACK, type Frame, SYN } from '../frames.ts';
import { ExposedFacts } from './exposed-facts.ts';

let number = 0;
function frame(text: string, fields: Partial<Frame> = {}): Frame {
  number += 1;
  return {
    ...{ number, time: 0, transport: 'tcp', client: '10.0.142.133:40000', server: 'echo', toServer: true },
    ...{ payload: Buffer.from(text), seq: 1, ack: 0, flags: ACK, requests: [], codes: [] },
    ...fields,
  };
}

function factsOf(...frames: Frame[]) {
  const exposed = new ExposedFacts();
  for (const one of frames) exposed.take(one);
  const facts = exposed.facts();
  return { texts: facts.exposed.map(({ text }) => text), inAll: facts.exposedInAll };
}

test('counts once what TCP sends again', () => {
  const open = frame('', { seq: 0, flags: SYN });
  expect(factsOf(open, frame('Hey'), frame('Hey'), frame('Hey', { seq: 4 }))).toEqual({
    texts: ['Hey', 'Hey'],
    inAll: 2,
  });
});

test('tells apart who says it, and to whom', () => {
  const frames = [
    frame('one'),
    frame('two', { toServer: false }),
    frame('three', { server: 'http' }),
    frame('four', { client: '10.0.142.133:40001' }),
  ];
  expect(factsOf(...frames).texts).toEqual(['one', 'two', 'three', 'four']);
});

test('counts each datagram', () => {
  const datagram = frame('Hey', { transport: 'udp', seq: Number.NaN, flags: 0 });
  expect(factsOf(datagram, datagram).inAll).toBe(2);
});

test('counts what is said without TLS on a port of TLS as on any other', () => {
  const said = frame('Hey', { overTls: true });
  expect(factsOf(said, said, frame('Hey', { overTls: true, seq: 4 }), frame('Hey')).inAll).toBe(3);
});

test('leaves out what TLS has sealed', () => {
  expect(factsOf(frame('Hey', { overTls: true, sealed: 'open' })).inAll).toBe(0);
});

test('shows the first 200 of each kind, and counts all', () => {
  const bodies = Array.from({ length: 300 }, (_, seq) => frame('H', { seq }));
  const { texts, inAll } = factsOf(...bodies, frame('GET /?password=late HTTP/1.1\r\n\r\n', { seq: 300 }));
  expect([texts.length, texts.at(-1), inAll]).toEqual([201, 'password=late', 301]);
});
