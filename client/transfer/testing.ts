import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach } from '@jest/globals';
import type { Log } from '#lib/runtime/log.ts';
import { optionNames } from '#lib/runtime/options.ts';
import { type Timer, timer } from '#lib/runtime/timer.ts';
import { type Datagram, decodeDatagram, encodeDatagram, type Signature } from '#lib/transfer/datagram.ts';
import type { EndParts } from '#lib/transfer/end.ts';
import type { Kind } from '#lib/transfer/kinds.ts';
import { decodeOpen, encodeOpen, type OpenParameters } from '#lib/transfer/open.ts';
import { ReceivingEnd } from '#lib/transfer/receiving.ts';
import { SendingEnd } from '#lib/transfer/sending.ts';
import { refused } from '../../tests/closed-port.ts';
import { type SendOptions, type SendParts, send } from '../commands/send.ts';

export const ID = 'c0ffee01';
/** Turns of the event loop after which a missing datagram counts as lost. */
const MOST_TURNS = 10_000;

/** The time of a test moves on when nothing arrives for this long: in real ms, then in turns of the event loop. */
const QUIET = { milliseconds: 20, turns: 10 };

/** The client's time. It is fixed until nothing arrives any more, then jumps to the next timer. */
class QuietTime {
  #now = 0;
  #busy = 0;
  #passing: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<{ readonly due: number; readonly ring: () => void }>();

  readonly clock = (): number => this.#now;

  readonly timer: Timer = (milliseconds, ring) => {
    const waiting = { due: this.#now + milliseconds, ring };
    this.#waiting.add(waiting);
    this.#watch();
    return () => void this.#waiting.delete(waiting);
  };

  /** A datagram has arrived, which takes a tenth of a millisecond. */
  disturb(): void {
    this.#now += 0.1;
    this.#busy += 1;
    this.#passing?.refresh();
  }

  #watch(): void {
    if (this.#waiting.size > 0) this.#passing ??= setTimeout(() => this.#pass(), QUIET.milliseconds);
  }

  async #pass(): Promise<void> {
    this.#passing = undefined;
    const before = this.#busy;
    for (let turn = 0; turn < QUIET.turns; turn += 1) await new Promise(setImmediate);
    if (before === this.#busy) this.#ring();
    this.#watch();
  }

  #ring(): void {
    const [next] = [...this.#waiting].sort((one, other) => one.due - other.due);
    if (!next) return;
    this.#waiting.delete(next);
    this.#busy += 1;
    this.#now = Math.max(this.#now, next.due);
    next.ring();
  }
}

/** What the server does with a datagram. `reply` sends a datagram, or raw bytes. */
export type Server = (datagram: Datagram, reply: (answer: Datagram | Buffer) => void) => void;

/** Runs `client send` in each test of a file against a server that the test scripts. */
export function useScriptedTransfers() {
  let socket: Socket;
  let server: Server;
  let interrupt: AbortController;
  let time: QuietTime;
  const state = {
    port: 0,
    received: [] as Datagram[],
    /** The bytes of these datagrams. */
    receivedBytes: [] as Buffer[],
    interrupt: () => interrupt.abort(),
    run,
    receives,
    goAway,
  };

  beforeEach(async () => {
    state.received = [];
    state.receivedBytes = [];
    interrupt = new AbortController();
    time = new QuietTime();
    socket = createSocket('udp4', take).bind(0, '127.0.0.1');
    await once(socket, 'listening');
    state.port = socket.address().port;
  });

  afterEach(() => {
    interrupt.abort();
    socket.close();
  });

  function take(bytes: Buffer, { port, address }: RemoteInfo): void {
    const datagram = decodeDatagram(bytes)!;
    time.disturb();
    state.received.push(datagram);
    state.receivedBytes.push(bytes);
    const reply = (answer: Datagram | Buffer) => {
      socket.send(Buffer.isBuffer(answer) ? answer : encodeDatagram(answer), port, address);
    };
    server(datagram, reply);
  }

  /** Resolves with the first datagram of a kind. */
  async function receives(kind: Kind): Promise<Datagram> {
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      const datagram = state.received.find((one) => one.kind === kind);
      if (datagram) return datagram;
      await new Promise(setImmediate);
    }
    throw new Error(`no ${kind} came`);
  }

  /** From now on nothing listens on the port. */
  async function goAway(): Promise<void> {
    const gone = socket;
    socket = createSocket('udp4');
    gone.close();
    await once(gone, 'close');
    await refused('udp', state.port);
  }

  async function run(
    scripted: Server,
    given: Partial<SendOptions> = {},
    screen: SendParts['screen'] = { write: () => undefined },
  ) {
    server = scripted;
    const lines: string[] = [];
    const log = {
      info: (line: string) => lines.push(...line.split('\n')),
      error: (line: string) => lines.push(...line.replace(/^/gm, 'error: ').split('\n')),
    } as unknown as Log;
    const options: SendOptions = {
      address: '127.0.0.1',
      port: state.port,
      protocolMode: 'selective-repeat',
      echo: false,
      segment: 2,
      minRto: 5,
      maxRto: 10,
      tries: 200,
      json: false,
      ...given,
    };
    const code = await send(options, {
      ...{ log, nameOf: optionNames({}), screen, newId: () => ID, clock: time.clock, timer: time.timer },
      interrupted: interrupt.signal,
      now: () => new Date('2025-01-02T03:04:05.006Z'),
    });
    return { code, lines };
  }

  return state;
}

/** How the returned data differs from the received data. */
export interface Altered {
  readonly before?: (piece: Buffer) => Buffer;
  /** Changes the data after the receipt was computed, like a wire that damages the data and its tag. */
  readonly onItsWay?: (datagram: Datagram) => Datagram;
}

/** A server that receives a transfer, and sends it back when the OPEN asks for it. */
export function receiver({
  before = (piece) => piece,
  onItsWay = (datagram) => datagram,
}: Altered = {}): Server {
  let receiving: ReceivingEnd | undefined;
  let returning: SendingEnd | undefined;
  return (datagram, reply) => {
    const parts = { transmit: reply, clock: () => performance.now(), timer };
    if (datagram.kind === 'ABORT') returning?.stop();
    else if (datagram.kind === 'ACK') returning?.receive(datagram);
    else {
      receiving ??= receive(datagram, { ...parts, transmit: (one) => reply(onItsWay(one)) });
      receiving.receive(datagram);
    }
  };

  function receive(opened: Datagram, parts: EndParts): ReceivingEnd {
    const parameters = decodeOpen(opened.payload) as OpenParameters;
    const came: Buffer[] = [];
    return new ReceivingEnd(
      {
        ...opened,
        onData: (piece) => came.push(before(piece)),
        onClose: () => {
          if (!parameters.echo) return;
          returning = sendBack(opened, parameters, came, parts);
          returning.start();
        },
      },
      parts,
    );
  }
}

function sendBack(
  { id, mode, window }: Datagram,
  parameters: OpenParameters,
  pieces: Buffer[],
  parts: EndParts,
): SendingEnd {
  const { minRto, maxRto, tries } = parameters;
  const open = encodeOpen({ ...parameters, echo: false });
  const rto = { min: minRto, max: maxRto };
  return new SendingEnd({ id, mode, window, open, payloads: pieces.values(), rto, tries }, parts);
}

/** A server that signs its replies. */
export function signing(server: Server, signature: Signature): Server {
  return (datagram, reply) =>
    server(datagram, (one) => reply(Buffer.isBuffer(one) ? one : encodeDatagram(one, signature)));
}

/** An ABORT of the server. */
export function abort(reason: string, { mode }: Datagram, id = ID): Datagram {
  const payload = Buffer.from(reason);
  return { kind: 'ABORT', id, mode, sequence: 0, ack: 0, window: 0, payload };
}
