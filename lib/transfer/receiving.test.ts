import { describe, expect, jest, test } from '@jest/globals';
import type { ModeName } from './kinds.ts';
import {
  ID,
  receiptText,
  SHA_OF_ABCD,
  SHA_OF_NOTHING,
  Surroundings,
  segmentDatagram,
} from './machine-testing.ts';
import type { Receipt } from './receipt.ts';
import { ReceivingEnd } from './receiving.ts';

const RECEIPT = receiptText(4, SHA_OF_ABCD);

type Came = Parameters<typeof segmentDatagram>;

/** A receiving end with a window of four, and its deliveries, ACKs and result. */
function begin(mode: ModeName = 'go-back-n') {
  const world = new Surroundings();
  const data: string[] = [];
  const onClose = jest.fn<(receipt: Receipt, intact: boolean) => void>();
  const onData = (payload: Buffer) => void data.push(String(payload));
  const end = new ReceivingEnd({ id: ID, mode, window: 4, onData, onClose }, world.parts);
  const take = (...came: readonly Came[]) => {
    for (const each of came) end.receive({ ...segmentDatagram(...each), mode });
    return world.told();
  };
  return { end, data, onClose, take, look: () => world.look() };
}

const abcd: readonly Came[] = [
  ['OPEN', 0, 'ask'],
  ['DATA', 1, 'ab'],
  ['DATA', 2, 'cd'],
];

test('an ACK has the number of its segment, and how many may be on the way', () => {
  const { end, look } = begin();
  end.receive(segmentDatagram('OPEN', 0, 'ask'));
  expect(look()).toEqual([
    { kind: 'ACK', id: ID, mode: 'go-back-n', sequence: 0, ack: 0, window: 4, payload: Buffer.alloc(0) },
  ]);
});

test('delivers the payloads of DATA only, and acknowledges everything', () => {
  const { end, data, onClose, take } = begin();
  expect(take(...abcd)).toEqual(['ACK 0', 'ACK 1', 'ACK 2']);
  expect(data).toEqual(['ab', 'cd']);
  expect(end.bytes).toBe(4);
  expect(end.closed).toBe(false);
  expect(onClose).not.toHaveBeenCalled();
  take(['CLOSE', 3, RECEIPT]);
  expect(data).toEqual(['ab', 'cd']);
  expect(end.closed).toBe(true);
});

test.each<[ModeName, string[], string[]]>([
  ['stop-and-wait', ['ACK 0', 'ACK 1', 'ACK 1'], ['ab']],
  ['go-back-n', ['ACK 0', 'ACK 0', 'ACK 1', 'ACK 1'], ['ab']],
  ['selective-repeat', ['ACK 0', 'ACK 2', 'ACK 1', 'ACK 1'], ['ab', 'cd']],
])('keeps, drops and acknowledges by its protocol: %s', (mode, acks, handedOn) => {
  const { data, take } = begin(mode);
  expect(take(['OPEN', 0], ['DATA', 2, 'cd'], ['DATA', 1, 'ab'], ['DATA', 1, 'ab'])).toEqual(acks);
  expect(data).toEqual(handedOn);
});

describe('the ACK of the CLOSE', () => {
  test.each<ModeName>(['stop-and-wait', 'go-back-n', 'selective-repeat'])(
    'has the receipt, each time the CLOSE arrives: %s',
    (mode) => {
      const { onClose, take } = begin(mode);
      take(...abcd);
      const closes: Came[] = [
        ['CLOSE', 3, RECEIPT],
        ['CLOSE', 3, RECEIPT],
      ];
      expect(take(...closes)).toEqual([`ACK 3 ${RECEIPT}`, `ACK 3 ${RECEIPT}`]);
      expect(onClose).toHaveBeenCalledTimes(1);
    },
  );

  test('is sent after onClose', () => {
    const { onClose, take, look } = begin();
    take(...abcd);
    let acked: unknown;
    onClose.mockImplementation(() => {
      acked = look();
    });
    expect(take(['CLOSE', 3, RECEIPT])).toHaveLength(1);
    expect(acked).toEqual([]);
  });

  test('also answers a late copy of the DATA before it, when an ACK covers all earlier segments', () => {
    const { take } = begin();
    take(...abcd, ['CLOSE', 3, RECEIPT]);
    expect(take(['DATA', 2, 'cd'])).toEqual([`ACK 3 ${RECEIPT}`]);
  });

  test('does not answer a late copy of the DATA before it, when each segment has its own ACK', () => {
    const { take } = begin('selective-repeat');
    take(...abcd, ['CLOSE', 3, RECEIPT]);
    expect(take(['DATA', 2, 'cd'])).toEqual(['ACK 2']);
  });

  test('has the number of dropped segments', () => {
    const { onClose, take } = begin();
    take(...abcd, ['DATA', 2, 'cd'], ['DATA', 1, 'ab'], ['DATA', 5, 'x']);
    expect(take(['CLOSE', 3, RECEIPT])).toEqual([`ACK 3 ${receiptText(4, SHA_OF_ABCD, 2, 1)}`]);
    expect(onClose).toHaveBeenCalledWith(
      { bytes: 4, sha256: SHA_OF_ABCD, duplicates: 2, outOfOrder: 1 },
      true,
    );
  });

  test('has the receipt of nothing when nothing was sent', () => {
    const nothing = receiptText(0, SHA_OF_NOTHING);
    expect(begin().take(['OPEN', 0], ['CLOSE', 1, nothing])).toEqual(['ACK 0', `ACK 1 ${nothing}`]);
  });
});

describe('the received data is intact when the CLOSE names the same data:', () => {
  test.each([
    ['it is', RECEIPT, true],
    ['it is, and the sender counts drops of its own', receiptText(4, SHA_OF_ABCD, 5, 6), true],
    ['other bytes', receiptText(4, SHA_OF_NOTHING), false],
    ['another length', receiptText(5, SHA_OF_ABCD), false],
    ['it says nothing', '', false],
    ['it says something else', 'all is well', false],
  ])('%s', (_what, text, intact) => {
    const { onClose, take } = begin();
    take(...abcd);
    expect(take(['CLOSE', 3, text])).toEqual([`ACK 3 ${RECEIPT}`]);
    const receipt = { bytes: 4, sha256: SHA_OF_ABCD, duplicates: 0, outOfOrder: 0 };
    expect(onClose.mock.calls).toEqual([[receipt, intact]]);
  });
});

test.each<[ModeName]>([['stop-and-wait'], ['go-back-n'], ['selective-repeat']])(
  'with %s nothing is delivered after a CLOSE, and the CLOSE is still acknowledged',
  (mode) => {
    const { data, onClose, take } = begin(mode);
    take(...abcd, ['CLOSE', 3, RECEIPT]);
    expect(take(['CLOSE', 4, RECEIPT], ['DATA', 4, 'more'])).toEqual([]);
    expect(data).toEqual(['ab', 'cd']);
    expect(onClose).toHaveBeenCalledTimes(1);
    expect(take(['CLOSE', 3, RECEIPT])).toEqual([`ACK 3 ${RECEIPT}`]);
  },
);
