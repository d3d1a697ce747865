import { describe, expect, test } from '@jest/globals';
import { payloadOf, readDissected } from './layers.ts';

const bytes = Buffer.from('GET /?password=sesame').toString('base64');
/** Frame n of sharkd's file is the packet 10n, with the number 100n in the capture. */
const knownBy = (frame: number) => (frame > 9 ? undefined : { id: 10 * frame, number: 100 * frame });
const layersOf = (...tree: readonly object[]) => readDissected({ tree, bytes }, knownBy).layers;
const labelsOf = (...tree: readonly object[]) => layersOf(...tree).map(({ label }) => label);

describe('a layer', () => {
  test('has its field, its bytes, its severity and the layers inside', () => {
    const http = { l: 'Hypertext Transfer Protocol', h: [4, 10], t: 'proto', f: 'http', s: 'Chat', e: 7 };
    const status = { l: 'Status Code: 200', h: [8, 3], f: 'http.response.code == 200', g: true };
    expect(layersOf({ ...http, n: [status] })).toEqual([
      {
        ...{ label: 'Hypertext Transfer Protocol', filter: 'http', source: 0, at: 4, length: 10 },
        ...{
          severity: 'chat',
          layers: [
            {
              label: 'Status Code: 200',
              filter: 'http.response.code',
              source: 0,
              at: 8,
              length: 3,
              layers: [],
            },
          ],
        },
      },
    ]);
  });

  test.each([
    ['text', undefined],
    ['frame[66:17] == 48:54', undefined],
    ['', undefined],
    ['_ws.expert', '_ws.expert'],
    ['data-text-lines', 'data-text-lines'],
    ['tcp.flags == 0x018', 'tcp.flags'],
  ])('with the filter %j has the field %j', (f, filter) => {
    expect(layersOf({ l: 'x', f })[0]?.filter).toBe(filter);
  });

  test.each([
    [[0, 100], { at: 0, length: 21 }],
    [[30, 1], {}],
    [[5, 0], {}],
    [[], {}],
  ])('with the range %j has bytes of its source alone', (h, place) => {
    const { at, length } = layersOf({ l: 'x', h })[0]!;
    expect({ ...(at !== undefined && { at }), ...(length !== undefined && { length }) }).toEqual(place);
  });

  test('that names a frame has the number of the capture, and the packet', () => {
    expect(layersOf({ l: 'Request in frame: 6', t: 'framenum', fnum: 6, f: 'http.request_in == 6' })).toEqual(
      [{ label: 'Request in frame: 600', filter: 'http.request_in', source: 0, packet: 60, layers: [] }],
    );
    expect(labelsOf({ l: '[1] Answer 1 in frame: 1', fnum: 1 })).toEqual(['[1] Answer 1 in frame: 100']);
    expect(labelsOf({ l: 'in frame: 12', fnum: 12 })).toEqual(['in frame: 12']);
  });

  test('about the file of sharkd is left out', () => {
    const frame = { l: 'Frame 2: 60 bytes', f: 'frame' };
    const inside = [
      { l: 'Frame Number: 2', f: 'frame.number == 2' },
      { l: 'Time delta from previous captured frame: 1', f: 'frame.time_delta == 1' },
      { l: 'Interface id: 1 (unknown)', f: 'frame.interface_id == 1' },
      { l: 'Frame Length: 60 bytes', f: 'frame.len == 60' },
    ];
    const [layer] = layersOf({ ...frame, n: inside });
    expect(layer?.label).toBe('Frame 200: 60 bytes');
    expect(layer?.layers.map(({ label }) => label)).toEqual(['Frame Number: 200', 'Frame Length: 60 bytes']);
  });

  test('of segments names the frames of the capture', () => {
    const l = '2 Reassembled TCP Segments (300 bytes): #2(100), #3(200)';
    expect(labelsOf({ l, f: 'tcp.segments' })).toEqual([
      '2 Reassembled TCP Segments (300 bytes): #200(100), #300(200)',
    ]);
    expect(labelsOf({ l: 'Duplicate ACK (#1)' })).toEqual(['Duplicate ACK (#1)']);
  });
});

test('sources are the frame and what was put together from it', () => {
  const ds = [{ name: 'Decrypted TLS (3 bytes)', bytes: Buffer.from('abc').toString('base64') }];
  const tree = [{ l: 'x', ds: 1, h: [1, 9] }];
  const { sources, layers } = readDissected({ tree, bytes, ds }, knownBy);
  expect(sources.map(({ name, bytes }) => `${name}: ${bytes}`)).toEqual([
    'Frame: GET /?password=sesame',
    'Decrypted TLS (3 bytes): abc',
  ]);
  expect(layers).toEqual([{ label: 'x', source: 1, at: 1, length: 2, layers: [] }]);
});

test('a tree that is too large ends early', () => {
  const inside = Array.from({ length: 30_000 }, (_, at) => ({ l: `${at}` }));
  const [layer, ...others] = layersOf({ l: 'x', n: inside }, { l: 'y' });
  expect(layer?.layers.length).toBe(20_000 - 2);
  expect(others).toHaveLength(1);
});

test('the payload is found at any depth, and not in another source', () => {
  const payload = { l: 'TCP payload', f: 'tcp.payload == 00', h: [4, 8] };
  expect(payloadOf({ layers: layersOf({ l: 'TCP', n: [payload] }) })).toEqual({ at: 4, length: 8 });
  expect(payloadOf({ layers: layersOf({ ...payload, ds: 1 }) })).toBeUndefined();
});

test.each([[undefined], [{ tree: 1 }], [{ tree: [{ f: 'no label' }] }]])('%j is no answer', (answer) => {
  expect(() => readDissected(answer, knownBy)).toThrow();
});
