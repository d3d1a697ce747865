import { beforeEach, expect, jest } from '@jest/globals';
import type { Note } from '#lib/journal/open-journal.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import { type Datagram, decodeDatagram, encodeDatagram, type Signature } from '#lib/transfer/datagram.ts';
import type { ModeName } from '#lib/transfer/kinds.ts';
import { encodeOpen, type OpenParameters } from '#lib/transfer/open.ts';
import { encodeReceipt } from '#lib/transfer/receipt.ts';
import { ReceivingEnd } from '#lib/transfer/receiving.ts';
import { SendingEnd } from '#lib/transfer/sending.ts';
import { ManualTime } from '../testing.ts';
import { Transfers } from './transfers.ts';

export const ID = 'c0ffee01';
export const peer = { address: '10.0.142.133', port: 40_001 };
/** Time between two checks of the server for idle transfers. */
export const LOOK_MS = 1_000;
/** The timeout with which the server returns a transfer, and the timeouts of a segment after which it gives up. */
export const RTO_MS = 40;
export const TRIES = 2;

/** SHA-256 of `Hello`. */
export const HELLO_SHA256 = '185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969';
const NOTHING = { sha256: '', duplicates: 0, outOfOrder: 0 };

/** A datagram of a transfer by selective repeat, with only the given fields. */
export function datagram(given: Pick<Datagram, 'kind'> & Partial<Datagram>): Datagram {
  const empty = { sequence: 0, ack: 0, window: 0, payload: Buffer.alloc(0) };
  return { id: ID, mode: 'selective-repeat', ...empty, ...given };
}

/** The OPEN of 5 bytes. */
export function open(parameters: Partial<OpenParameters> = {}, given: Partial<Datagram> = {}): Datagram {
  const usual = { bytes: 5, segment: 5, echo: false, minRto: RTO_MS, maxRto: RTO_MS, tries: TRIES };
  return datagram({ kind: 'OPEN', window: 4, payload: encodeOpen({ ...usual, ...parameters }), ...given });
}

export function data(sequence: number, text: string, given: Partial<Datagram> = {}): Datagram {
  return datagram({ kind: 'DATA', sequence, payload: Buffer.from(text), ...given });
}

/** The CLOSE of a sender that has sent `Hello`. */
export function close(sequence: number, given: Partial<Datagram> = {}): Datagram {
  const payload = encodeReceipt({ ...NOTHING, bytes: 5, sha256: HELLO_SHA256 });
  return datagram({ kind: 'CLOSE', sequence, payload, ...given });
}

export interface FarSideParts {
  readonly transmit: (datagram: Datagram) => void;
  readonly clock: () => number;
  readonly timer: Timer;
}

/** A client that sends pieces to the server, and receives them back. */
export function createFarSide(
  { mode, window, pieces, rto }: { mode: ModeName; window: number; pieces: string[]; rto: number },
  parts: FarSideParts,
) {
  const key = { id: ID, mode, window };
  const payloads = pieces.map((piece) => Buffer.from(piece));
  const returned = Promise.withResolvers<{ text: string; intact: boolean }>();
  const came: Buffer[] = [];
  const parameters = {
    bytes: Buffer.concat(payloads).length,
    segment: Math.max(...payloads.map(({ length }) => length)),
    echo: true,
    minRto: rto,
    maxRto: rto,
    tries: 200,
  };
  const sending = new SendingEnd(
    {
      ...key,
      open: encodeOpen(parameters),
      payloads: payloads.values(),
      rto: { min: rto, max: rto },
      tries: 200,
    },
    parts,
  );
  const receiving = new ReceivingEnd(
    {
      ...key,
      onData: (payload) => came.push(payload),
      onClose: (_receipt, intact) => returned.resolve({ text: Buffer.concat(came).toString(), intact }),
    },
    parts,
  );
  return {
    sending,
    returned: returned.promise,

    take(arrived: Datagram): void {
      if (arrived.kind === 'ACK' || arrived.kind === 'ABORT') sending.receive(arrived);
      else receiving.receive(arrived);
    },

    takeBytes(bytes: Buffer): void {
      const arrived = decodeDatagram(bytes);
      if (arrived) this.take(arrived);
    },
  };
}

export type FarSide = ReturnType<typeof createFarSide>;

/** The transfers of a server, new in each test of a file. A test moves the time. Datagrams, lines and events are kept. */
export function useTransfers(token?: string) {
  const server = {} as ReturnType<typeof createTransfers>;
  beforeEach(() => {
    Object.assign(server, createTransfers(token));
  });
  return server;
}

function createTransfers(token: string | undefined) {
  const time = new ManualTime();
  const sent: Datagram[] = [];
  const signed = new WeakSet<Datagram>();
  const said: string[] = [];
  const errors: string[] = [];
  const note = jest.fn<Note>().mockResolvedValue();
  let client: FarSide | undefined;
  const send = (one: Datagram) => {
    sent.push(one);
    queueMicrotask(() => client?.take(one));
  };
  const transfers = new Transfers({
    transmit(one) {
      signed.add(one);
      send(one);
    },
    transmitUnsigned: send,
    note,
    say: (line) => void said.push(line),
    log: { error: (text: string) => void errors.push(text) } as unknown as Log,
    token,
    now: () => new Date(time.now),
    clock: time.clock,
    timer: time.timer,
    idleSeconds: 3,
  });
  return {
    ...{ transfers, time, sent, said, errors, note },

    /** Whether the server would sign a datagram. */
    isSigned: (one: Datagram) => signed.has(one),

    /** Connects the client to the server, and starts it. */
    connect(to: FarSide): void {
      client = to;
      client.sending.start();
    },

    /** Gives the server bytes that are no datagram of its version. */
    receiveBytes(bytes: string): void {
      transfers.receive(undefined, Buffer.from(bytes), peer);
    },

    /** Gives the server datagrams, and returns its answers. */
    receive(...datagrams: Datagram[]): Datagram[] {
      const before = sent.length;
      for (const one of datagrams) transfers.receive(one, Buffer.alloc(0), peer);
      return sent.slice(before);
    },

    /** Gives the server a datagram as bytes, signed or not, and returns its answers. */
    receiveSigned(one: Datagram, signature?: Signature, from = peer): Datagram[] {
      const before = sent.length;
      transfers.receive(one, encodeDatagram(one, signature), from);
      return sent.slice(before);
    },

    /** Gives the server datagrams that it answers with one ABORT. Returns the reason. */
    refused(...datagrams: Datagram[]): string {
      const answers = this.receive(...datagrams);
      expect(kinds(answers)).toEqual(['ABORT']);
      return text(answers[0]!);
    },

    /** The journaled states. */
    states: () => note.mock.calls.map(([, detail]) => (detail as { state: string }).state),
  };
}

export function kinds(datagrams: readonly Datagram[]): string[] {
  return datagrams.map(({ kind }) => kind);
}

export function text({ payload }: Datagram): string {
  return payload.toString();
}
