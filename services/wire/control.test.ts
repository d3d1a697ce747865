import { beforeEach, expect, test } from '@jest/globals';
import { addressNumber } from '#lib/packet/packet.ts';
import { CLIENT, udpPacket } from '#lib/packet/testing.ts';
import { WireControl, type WireStatus } from './control.ts';
import { conditionsOf } from './testing.ts';
import { Wire } from './wire.ts';

const configured = { up: { delay: '5ms' }, down: {} };
let wire: Wire;
let control: WireControl;
let changes: WireStatus[];

beforeEach(() => {
  changes = [];
  wire = new Wire(
    'alice',
    { up: conditionsOf(configured.up), down: conditionsOf() },
    {
      address: addressNumber('10.0.28.1'),
      clientAddress: addressNumber(CLIENT),
      transmit: () => undefined,
      onStruck: () => undefined,
    },
  );
  control = new WireControl({
    address: '10.0.28.1',
    wire,
    ...{ configured, configuredSeed: 'alice', texts: configured, seed: 'alice' },
    onChange: (status) => changes.push(status),
  });
});

const ask = (change: object) => control.calls['POST /wire']!(JSON.stringify(change)) as WireStatus;
const inForce = ({ seed, directions: { up, down } }: WireStatus) => [up.conditions, down.conditions, seed];

test('a change concerns what it names; the rest stays', () => {
  expect(inForce(ask({ up: { loss: '0.1' } }))).toEqual([
    'FAULTS=loss=0.1 DELAY=5ms',
    'nothing is changed',
    'alice',
  ]);
  expect(inForce(ask({ down: { rate: '1mbit' }, seed: 'bob' }))).toEqual([
    'FAULTS=loss=0.1 DELAY=5ms',
    'RATE=1mbit',
    'bob',
  ]);
  expect(changes.map(inForce)).toHaveLength(2);
});

test('a reset returns to the settings first', () => {
  ask({ up: { loss: '0.1', delay: '9ms' }, seed: 'bob' });
  expect(inForce(ask({ reset: true, down: { loss: '0.2' } }))).toEqual([
    'DELAY=5ms',
    'FAULTS=loss=0.2',
    'alice',
  ]);
});

test('counts begin again with a change', () => {
  for (let count = 0; count < 3; count += 1) wire.receive(udpPacket(), 0);
  expect(control.status().directions.up).toMatchObject({
    packets: 3,
    counts: [{ fault: 'delay', count: 3 }],
  });
  expect(ask({ up: { delay: '1ms' } }).directions.up).toMatchObject({ packets: 0, delivered: 0, counts: [] });
});

test.each([
  [{ up: { delay: 'x' }, down: { loss: '2' } }, /^delay: .*\nloss: /],
  [{ seed: '' }, /^seed: "" is no seed; allowed: any other text$/],
  [{ up: { faults: 'loss=0.7', duplicate: '0.7' } }, /add up to 1.4/],
])('%j is refused with its problems, and changes nothing', (change, problems) => {
  expect(() => ask(change)).toThrow(
    expect.objectContaining({ code: 'LAB_FAULT_CHANGE', message: expect.stringMatching(problems) }),
  );
  expect(inForce(control.status())).toEqual(['DELAY=5ms', 'nothing is changed', 'alice']);
  expect(changes).toEqual([]);
});

test.each([{ up: { nothing: '1' } }, { sideways: {} }, { reset: 1 }])('%j is no change', (change) => {
  expect(() => ask(change)).toThrow();
  expect(changes).toEqual([]);
});
