import { createSocket } from 'node:dgram';
import { HMAC_BYTES, hmacKey } from '#lib/message/hmac.ts';
import { Outbox } from '#lib/runtime/outbox.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import { printable } from '#lib/text/readable.ts';
import {
  type Datagram,
  decodeDatagram,
  encodeDatagram,
  hmacProblem,
  RECEIVE_BUFFER,
} from '#lib/transfer/datagram.ts';
import { abortion, TransferError, type TransferKey } from '#lib/transfer/end.ts';
import { encodeOpen } from '#lib/transfer/open.ts';
import type { Receipt } from '#lib/transfer/receipt.ts';
import { ReceivingEnd } from '#lib/transfer/receiving.ts';
import type { RtoLimits } from '#lib/transfer/rto.ts';
import { SendingEnd } from '#lib/transfer/sending.ts';
import { opened } from './channels/opened.ts';
import { explainNetworkError } from './network-error.ts';
import type { Payloads } from './payloads.ts';

export interface TransferOptions extends TransferKey {
  readonly address: string;
  readonly port: number;
  /** Whether the server sends back what it received. */
  readonly echo: boolean;
  /** Bytes of each segment but the last. */
  readonly segment: number;
  readonly rto: RtoLimits;
  /** Time-outs of one segment until the server counts as gone. */
  readonly tries: number;
  /** Signs datagrams, and takes none that are not signed by it; without one, or with an empty one, none are. */
  readonly token?: string | undefined;
}

export interface TransferParts {
  readonly clock: () => number;
  /** The time of the day, by which a server with a token tells an OPEN that was recorded. */
  readonly now: () => Date;
  readonly timer: Timer;
  /** Ends the transfer. */
  readonly interrupted: AbortSignal;
  readonly onMeasured: (milliseconds: number) => void;
}

/** How long the name of the server may take to look up, in seconds. */
const OPEN_SECONDS = 10;
/** How many of its longest time-outs the server may be silent until it misses no ack any more, and bounds, in ms. */
const LAST_ACKS = 8;
const LINGER = { min: 500, max: 3_000 };

/** What is said beside the reason of an ABORT that is not signed as it must be. */
const NOT_SIGNED =
  'is the LAB_TOKEN of the server that of this client? A refusal is not signed, so somebody else may have sent it';

/** What may be the cause when a transfer dies in silence. */
const FAULTS =
  "the echo server's faults may have struck every try (make faults shows them), or it answers nothing (ECHO_MODE=sink)";

/** A transfer to the server, and back when it is asked to echo, over a socket of its own. */
export interface OpenTransfer {
  readonly sending: SendingEnd;
  /** Bytes that have come back so far. */
  readonly bytesBack: number;
  /** Datagrams that came damaged. */
  readonly damaged: number;
  /** The receiver's word that all has arrived. @throws TransferError; the signal's reason when interrupted */
  readonly sent: Promise<Receipt>;
  /** All has come back; undefined when it was not asked to. @throws as `sent` */
  readonly returned: Promise<Receipt> | undefined;
  /** Acks what the server still sends, as long as it may miss an ack, and closes. */
  close(): Promise<void>;
}

/** Opens a transfer. @throws the system's error when the server's address can't be found */
export async function openTransfer(
  options: TransferOptions,
  payloads: Payloads,
  { clock, now, timer, interrupted, onMeasured }: TransferParts,
): Promise<OpenTransfer> {
  const { address, port, id, mode, window, echo, segment, rto, tries } = options;
  const key = hmacKey(options.token);
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER });
  socket.connect(port, address);
  await opened(socket, 'connect', { timeout: OPEN_SECONDS, signal: interrupted });

  const failed = Promise.withResolvers<never>();
  const back = Promise.withResolvers<Receipt>();
  for (const { promise } of [failed, back]) promise.catch(() => undefined);
  const silence = tries * rto.max;
  let lastHeard = clock();
  let heard = false;
  let refused: unknown;
  let damaged = 0;
  /** Whether the server has shown that it knows the token, and how many datagrams came that do not. */
  let known = false;
  let unauthentic = 0;
  /** The reason of the latest ABORT among them. */
  let unproved: string | undefined;
  let open = true;

  const outbox = new Outbox<Datagram>((datagram) => {
    if (open) socket.send(encodeDatagram(datagram, key && { key, side: 'C' }));
  });
  const transmit = (datagram: Datagram) => outbox.put(datagram);
  const sending = new SendingEnd(
    {
      id,
      mode,
      window,
      payloads,
      rto,
      tries,
      open: encodeOpen({
        bytes: payloads.bytes,
        segment,
        echo,
        minRto: rto.min,
        maxRto: rto.max,
        tries,
        at: key && now().getTime(),
      }),
      hmacBytes: key && HMAC_BYTES,
      onMeasured,
    },
    { transmit, clock, timer },
  );
  const receiving = new ReceivingEnd(
    {
      id,
      mode,
      window,
      onData: () => undefined,
      onClose(receipt, intact) {
        if (intact) back.resolve(receipt);
        else back.reject(new TransferError('altered', 'what came back is not what the server sent'));
      },
    },
    { transmit },
  );
  socket
    .on('message', (bytes) => {
      const datagram = decodeDatagram(bytes);
      if (!datagram) damaged += 1;
      if (!datagram || !belongs(datagram) || !isAuthentic(datagram, bytes)) return;
      lastHeard = clock();
      heard = true;
      refused = undefined;
      take(datagram);
    })
    // Nobody listens; that may change, as when the server is started again.
    .on('error', (error) => {
      refused = error;
    });
  interrupted.addEventListener('abort', interrupt);
  sending.start();

  const sent = Promise.race([sending.done, failed.promise]).catch(explain);
  const returned = echo ? sent.then(() => comesBack().catch(explain)) : undefined;
  // Whoever waits for the first may never come to wait for the second.
  returned?.catch(() => undefined);
  return {
    sending,
    get bytesBack() {
      return receiving.bytes;
    },
    get damaged() {
      return damaged;
    },
    sent,
    returned,
    close,
  };

  function belongs({ id: its, mode: itsMode, kind }: Datagram): boolean {
    // A server that speaks another version does not know the id.
    const ofVersion = kind === 'ABORT' && its === '00000000' && !sending.opened;
    return ofVersion || (its === id && itsMode === mode);
  }

  /**
   * A server signs no refusal: not one of an OPEN, which may be recorded, and not one of a token that it does not know.
   * An ABORT that is not signed is believed as long as nothing better has come: whoever reads the wire can end a
   * transfer so at its beginning. Later only one that is signed ends it, which a server sends of a transfer that has
   * failed and to its client alone.
   */
  function isAuthentic(datagram: Datagram, bytes: Buffer): boolean {
    if (!key || !hmacProblem(bytes, datagram, { key, side: 'S' })) {
      known = true;
      return true;
    }
    unauthentic += 1;
    if (datagram.kind === 'ABORT') {
      unproved = printable(datagram.payload);
      if (!known) failed.reject(new TransferError('aborted', `${unproved}; ${NOT_SIGNED}`));
    }
    return false;
  }

  function take(datagram: Datagram): void {
    if (datagram.kind === 'ACK') sending.receive(datagram);
    else if (datagram.kind === 'ABORT')
      failed.reject(new TransferError('aborted', printable(datagram.payload)));
    else if (echo) receiving.receive(datagram);
  }

  async function comesBack(): Promise<Receipt> {
    lastHeard = clock();
    const quiet = new TransferError('silent', `nothing has come back for ${silence / 1000} s`);
    const stopWaiting = whenQuiet(silence, () => failed.reject(quiet));
    try {
      return await Promise.race([back.promise, failed.promise]);
    } finally {
      stopWaiting();
    }
  }

  /** Calls once nothing has been heard for so many ms. */
  function whenQuiet(milliseconds: number, call: () => void): () => void {
    const left = milliseconds - (clock() - lastHeard);
    let cancel = timer(left, () => {
      if (clock() - lastHeard >= milliseconds) call();
      else cancel = whenQuiet(milliseconds, call);
    });
    return () => cancel();
  }

  function interrupt(): void {
    failed.reject(interrupted.reason);
  }

  /** Tells the server that the transfer has failed, unless it knows, and says what the system says of it. */
  function explain(error: unknown): never {
    sending.stop();
    if (!(error instanceof TransferError)) {
      const reason = interrupted.aborted ? 'the client was interrupted' : (error as Error).message;
      transmit(abortion(options, reason));
      throw error;
    }
    if (error.how === 'aborted') throw error;
    transmit(abortion(options, error.message));
    const why = [];
    if (refused) why.push(explainNetworkError(refused, `${address}:${port}`));
    if (unauthentic > 0) {
      why.push(`datagrams that came without a right HMAC and were ignored (LAB_TOKEN): ${unauthentic}`);
      if (unproved !== undefined) why.push(`among them an ABORT: ${unproved}`);
    }
    if (error.how === 'silent' && why.length === 0)
      why.push(heard ? FAULTS : `nothing came back at all: ${FAULTS}`);
    if (error.how === 'altered') throw error;
    throw new TransferError(error.how, [error.message, ...why].join('; '));
  }

  async function close(): Promise<void> {
    if (receiving.closed && !interrupted.aborted) {
      lastHeard = clock();
      const quiet = Promise.withResolvers<void>();
      const linger = Math.min(LINGER.max, Math.max(LINGER.min, LAST_ACKS * rto.max));
      const stop = whenQuiet(linger, quiet.resolve);
      interrupted.addEventListener('abort', () => quiet.resolve());
      await quiet.promise;
      stop();
    }
    interrupted.removeEventListener('abort', interrupt);
    sending.stop();
    outbox.flush();
    open = false;
    // Not before what was sent last has left.
    setImmediate(() => socket.close());
  }
}
