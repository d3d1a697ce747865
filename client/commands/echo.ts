import type { ConnectionOptions } from 'node:tls';
import { hmacKey } from '#lib/message/hmac.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { NameOf } from '#lib/runtime/options.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import { openTcp } from '../channels/tcp.ts';
import { openTlsWith } from '../channels/tls.ts';
import { openUdp } from '../channels/udp.ts';
import { ConnectError, Connection } from '../connection.ts';
import { exchange } from '../exchange.ts';
import { type Protocol, protocols, refusal } from '../message-check.ts';
import { exponentialBackoff, noBackoff } from '../policies/backoff.ts';
import type { Questions } from '../questions.ts';
import { Tally } from '../tally.ts';

export interface EchoOptions {
  readonly address: string;
  readonly port: number;
  readonly protocol?: Protocol;
  readonly message?: string;
  /** Attempts for each message, the first one included. */
  readonly retries: number;
  /** How long a reply, or opening a connection, may take, in seconds. */
  readonly timeout: number;
  /** How often each message is sent. */
  readonly count: number;
  /** Connections at once. */
  readonly concurrency: number;
  /** Waits before each further attempt. */
  readonly backoff: boolean;
  readonly reference: boolean;
  /** The options for TLS, which runs over TCP; undefined in plain text. */
  readonly tls?: ConnectionOptions | undefined;
  /** The token that signs messages. Without one, or with an empty one, they have checksums. */
  readonly token?: string | undefined;
  /** Prints a JSON object for each message instead of the lines of the reference client. */
  readonly json: boolean;
}

export interface EchoParts {
  readonly log: Log;
  readonly nameOf: NameOf;
  readonly sleep: Sleep;
  /** A number in [0, 1), for the jitter of --backoff. */
  readonly random: () => number;
  readonly questions: Questions;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** The longest waits with --backoff, in ms: before the second attempt, and before any attempt. */
const BACKOFF = { first: 100, longest: 5_000 };

/**
 * The client of the second assignment: sends messages with checksums, and survives the faults of the echo server.
 *
 * @returns 0 when every message came back; 1 when one was given up; 2 when one is not allowed; 130 when interrupted
 */
export async function echo(options: EchoOptions, parts: EchoParts): Promise<number> {
  const { log, questions } = parts;
  const tally = new Tally();
  try {
    const protocol = options.protocol ?? (await askProtocol(questions));
    if (!protocol) {
      log.info('[CLIENT] Connection error: Unsupported protocol. Use TCP or UDP.');
      return 2;
    }
    await exchangeAll(protocol, tally, options, parts);
  } catch (error) {
    return failure(error, tally, options, parts);
  }
  return outcome(tally, options, parts);
}

/** Sends all messages, over as many connections as `concurrency` asks for. */
async function exchangeAll(
  protocol: Protocol,
  tally: Tally,
  options: EchoOptions,
  parts: EchoParts,
): Promise<void> {
  const texts = messages(options, parts.questions);
  const worker = () => work(protocol, texts, tally, options, parts);
  const ended = await Promise.allSettled(Array.from({ length: options.concurrency }, worker));
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  parts.interrupted.throwIfAborted();
}

/** The exit code for an error. @throws the error when it is no error of the lab */
function failure(
  error: unknown,
  tally: Tally,
  { json }: EchoOptions,
  { log, interrupted }: EchoParts,
): number {
  if (interrupted.aborted) {
    const counts = { interrupted: true, ...tally.counts() };
    log.info(json ? JSON.stringify(counts) : `[CLIENT] Interrupted after ${tally.summary()}`);
    return 130;
  }
  if (!(error instanceof ConnectError)) throw error;
  if (json) log.info(JSON.stringify({ error: error.message }));
  return 1;
}

function outcome(tally: Tally, { json }: EchoOptions, { log, nameOf }: EchoParts): number {
  if (tally.messages === 0 && tally.refused === 0) {
    log.error(`nothing to send: give ${nameOf('--message')}, or lines on standard input`);
    return 2;
  }
  if (tally.messages + tally.refused > 1 && !json) log.info(`[CLIENT] ${tally.summary()}`);
  if (tally.refused > 0) return 2;
  return tally.givenUp > 0 ? 1 : 0;
}

/** Asks for the protocol. Without a terminal it is TCP; undefined when the answer is no protocol. */
async function askProtocol({ ask }: Questions): Promise<Protocol | undefined> {
  if (!ask) return 'tcp';
  const answer = (await ask('[CLIENT] Choose UDP/TCP: ')).trim().toLowerCase();
  return protocols.find((protocol) => protocol === answer);
}

async function* messages({ message, count }: EchoOptions, { ask, lines }: Questions): AsyncGenerator<string> {
  const texts = message !== undefined ? [message] : ask ? [await ask('[CLIENT] Enter something: ')] : lines;
  for await (const text of texts) {
    for (let time = 0; time < count; time += 1) yield text;
  }
}

/** Sends texts over one connection until there are no more. */
async function work(
  protocol: Protocol,
  texts: AsyncGenerator<string>,
  tally: Tally,
  options: EchoOptions,
  { log, sleep, random, interrupted }: EchoParts,
): Promise<void> {
  const { address, port, timeout, retries, json, concurrency } = options;
  const key = hmacKey(options.token);
  const policy = {
    attempts: retries,
    backoff: options.backoff ? exponentialBackoff({ ...BACKOFF, random }) : noBackoff,
  };
  // With several connections at once, the lines of one message are printed together.
  const together: string[] = [];
  const say = (line: string) => {
    if (json) return;
    if (concurrency > 1) together.push(line);
    else log.info(line);
  };
  const flush = () => {
    if (together.length > 0) log.info(together.splice(0).join('\n'));
  };
  const openStream = options.tls ? openTlsWith(options.tls) : openTcp;
  const open = protocol === 'tcp' ? openStream : openUdp;
  const connection = new Connection(protocol, { address, port, timeout, key }, { open, say, interrupted });
  try {
    // Like the reference client: first the connection, then the question.
    await connection.open();
    for (let next = await texts.next(); !next.done; next = await texts.next()) {
      const text = next.value;
      const refused = refusal(text, protocol, key !== undefined);
      if (refused) {
        tally.refused += 1;
        if (json) log.info(JSON.stringify({ body: text, refused }));
        say(`[CLIENT] ${refused}`);
        continue;
      }
      const attempts = await exchange(
        text,
        connection,
        { ...options, policy, key },
        { say, sleep, interrupted },
      );
      const { result } = attempts.at(-1)!;
      const answered = result === 'valid' || result === 'sent';
      tally.add(attempts, answered);
      if (json)
        log.info(JSON.stringify({ message: tally.messages, protocol, body: text, answered, attempts }));
      flush();
    }
  } finally {
    connection.close();
    flush();
  }
}
