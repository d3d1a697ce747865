import type { KeyObject } from 'node:crypto';
import { encodeMessage, Message } from '#lib/message/message.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import { printable } from '#lib/text/readable.ts';
import { type Channel, ConnectionLostError } from './channels/channel.ts';
import { ConnectError, type Connection } from './connection.ts';
import { explainTlsError, isDamaged } from './network-error.ts';
import { type RetryPolicy, retry } from './policies/retry.ts';
import { readReply, readReplyAsReference, refusedFor } from './reply.ts';

export interface ExchangeOptions {
  readonly policy: RetryPolicy;
  /** How long the reply to one attempt may take, in seconds. */
  readonly timeout: number;
  /** Acts like the reference client: reads replies as text, gives up at a mismatch, and waits for no reply on UDP. */
  readonly reference: boolean;
  /** The key that signs messages with an HMAC, in place of a checksum. */
  readonly key?: KeyObject | undefined;
}

export interface ExchangeParts {
  readonly say: (line: string) => void;
  readonly sleep: Sleep;
  readonly interrupted: AbortSignal;
}

const results = [
  'valid',
  'sent',
  'timeout',
  'invalid-format',
  'mismatch',
  'unauthorized',
  'reset',
  'closed',
  'refused',
  'not-connected',
] as const;
/** How an attempt ended. `sent`: no reply was awaited. `unauthorized`: the server refused the message (LAB_TOKEN). */
export type Result = (typeof results)[number];

export interface Attempt {
  readonly attempt: number;
  readonly result: Result;
  /** The client's port. It identifies the exchange in a capture; undefined when there was no connection. */
  readonly port?: number;
  /** The reply, when there was one. */
  readonly reply?: string;
  readonly milliseconds: number;
}

/** An attempt without a valid reply. */
class AttemptError extends Error {
  readonly code = 'LAB_ATTEMPT';
  readonly result: Result;
  readonly reply: string | undefined;
  readonly retryable: boolean;

  constructor(
    result: Result,
    { reply, retryable = true, cause }: { reply?: string; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(result, { cause });
    this.result = result;
    this.reply = reply;
    this.retryable = retryable;
  }
}

/**
 * Sends one message until its echo comes back or the attempts are used up. Prints the lines of the reference client.
 *
 * @returns all attempts; the last one tells how the exchange ended
 * @throws the signal's reason when interrupted
 */
export async function exchange(
  text: string,
  connection: Connection,
  options: ExchangeOptions,
  { say, sleep, interrupted }: ExchangeParts,
): Promise<Attempt[]> {
  const payload = encodeMessage(text, options.key);
  const sent = new Message(payload, options.key !== undefined);
  const attempts: Attempt[] = [];

  for (const late of connection.takeWaiting()) {
    say(`[CLIENT] Late answer to an earlier message, ignored: ${printable(late)}`);
  }
  say(`[CLIENT] Message is ready to send: (${printable(payload)})`);
  try {
    await retry(options.policy, { sleep, signal: interrupted }, async (attempt) => {
      const began = performance.now();
      let port: number | undefined;
      const record = (result: Result, reply?: string) =>
        attempts.push({ attempt, result, port, reply, milliseconds: round(performance.now() - began) });
      try {
        const channel = await connection.open();
        port = channel.localPort;
        say(`[CLIENT] Attempts: ${attempt}`);
        channel.send(payload);
        if (options.reference && connection.protocol === 'udp') record('sent');
        else record('valid', await awaitEcho(channel, sent, options, { say, interrupted }));
      } catch (error) {
        if (error instanceof AttemptError) record(error.result, error.reply);
        else if (error instanceof ConnectError) record('not-connected');
        if (error instanceof AttemptError && error.cause instanceof ConnectionLostError) connection.drop();
        throw error;
      }
    });
  } catch (error) {
    interrupted.throwIfAborted();
    if (attempts.length === 0) throw error;
  }
  return attempts;
}

/** Waits for the echo of `sent` and returns it. @throws AttemptError */
async function awaitEcho(
  channel: Channel,
  sent: Message,
  { timeout, reference, key }: ExchangeOptions,
  { say, interrupted }: Pick<ExchangeParts, 'say' | 'interrupted'>,
): Promise<string> {
  const late = AbortSignal.timeout(timeout * 1000);
  for (;;) {
    const reply = await receive(channel, late, { say, interrupted });
    const shown = printable(new Message(reply).text);
    say(`[CLIENT] Message received: ${shown}`);
    const refused = refusedFor(reply);
    if (refused !== undefined) {
      say(`[CLIENT] Refused by server: ${printable(Buffer.from(refused))}`);
      throw new AttemptError('unauthorized', { reply: shown, retryable: false });
    }
    const read = reference ? readReplyAsReference(reply, key) : readReply(reply, sent, key);
    const { verdict, current, original } = read;
    if (verdict === 'invalid-format') {
      say('[CLIENT] Invalid format (possible attack)');
      throw new AttemptError('invalid-format', { reply: shown });
    }
    say(`[CLIENT] Current: ${shortened(current)} & Original: ${shortened(original)}`);
    if (verdict === 'mismatch') {
      say(
        key
          ? '[CLIENT] HMAC mismatch (corruption, or another token)'
          : '[CLIENT] Checksum mismatch (possible corruption)',
      );
      throw new AttemptError('mismatch', { reply: shown, retryable: !reference });
    }
    if (verdict === 'valid') {
      say(`[CLIENT] Received valid reply: ${printable(new Message(reply, key !== undefined).body)}`);
      return shown;
    }
    say('[CLIENT] Late answer to another message, ignored');
  }
}

async function receive(
  channel: Channel,
  late: AbortSignal,
  { say, interrupted }: Pick<ExchangeParts, 'say' | 'interrupted'>,
): Promise<Buffer> {
  try {
    return await channel.receive(AbortSignal.any([late, interrupted]));
  } catch (cause) {
    interrupted.throwIfAborted();
    if (cause instanceof ConnectionLostError) {
      // In TLS 1.3 the client finishes before the server checks its certificate.
      const failure = explainTlsError(cause.cause);
      if (failure !== undefined && isDamaged(cause.cause)) {
        say(`[CLIENT] TLS error: ${failure}`);
        throw new AttemptError(cause.how, { cause });
      }
      if (failure !== undefined) {
        say(`[CLIENT] Refused by server: ${failure}`);
        throw new AttemptError('unauthorized', { retryable: false, cause });
      }
      say(`[CLIENT] Connection ${cause.how} by server, retrying...`);
      if (cause.hint) say(`[CLIENT] The server gave no reason: ${cause.hint}`);
      throw new AttemptError(cause.how, { cause });
    }
    if (!late.aborted) throw cause;
    say('[CLIENT] Timeout, retrying...');
    throw new AttemptError('timeout', { cause });
  }
}

/** A tag for a line with two tags: an HMAC is cut to 8 hex digits, as many as a checksum has. */
function shortened(tag: string | undefined): string | undefined {
  return tag?.replace(/^(hmac-sha256:[0-9a-f]{8})[0-9a-f]{56}$/, '$1…');
}

/** Milliseconds with one decimal. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
