import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import type { AxiosInstance } from 'axios';
import axios from 'axios';
import type { Log } from '#lib/runtime/log.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import { AT_ONCE_MS, CERTIFICATE_HINT, closedByPeer, explainNetworkError } from '../network-error.ts';

export interface BalanceOptions {
  readonly address: string;
  readonly port: number;
  /** How many requests to `/getbalance`. */
  readonly requests: number;
  /** How long the response to one request may take, in seconds. */
  readonly timeout: number;
  /** The pause after each request, in seconds. */
  readonly interval: number;
  /** The options for TLS; undefined in plain text. */
  readonly tls?: ConnectionOptions | undefined;
  /** The credentials: a token, or else `user:password`. */
  readonly token?: string | undefined;
  readonly basic?: string | undefined;
  /** Prints JSON objects instead of the lines of the reference client. */
  readonly json: boolean;
}

export interface BalanceParts {
  readonly log: Log;
  readonly sleep: Sleep;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** How a request ended: by a status code, by a timeout, or without a response. */
type Result =
  | { readonly kind: 'status'; readonly status: number; readonly body: string }
  | { readonly kind: 'timeout' }
  /** `closed`: the connection was open, and the server ended it. */
  | { readonly kind: 'failed'; readonly reason: string; readonly closed: boolean };

/**
 * The client of the first assignment: sends requests to `/getbalance` over one kept-alive session and prints a line for
 * each, then the server's logs.
 *
 * @returns 0; 1 when no request reached the server; 130 when interrupted
 */
export async function balance(options: BalanceOptions, parts: BalanceParts): Promise<number> {
  const { log, sleep, interrupted } = parts;
  const session = openSession(options);
  const results: Result[] = [];
  const ask = async (path: string): Promise<Result> => {
    const began = performance.now();
    const result = await get(session, path, options, interrupted);
    if (!isDoubtful(result, results, options, performance.now() - began)) return result;
    return { ...result, reason: `${result.reason}; ${CERTIFICATE_HINT}` };
  };
  try {
    for (let request = 1; request <= options.requests; request += 1) {
      const result = await ask('/getbalance');
      results.push(result);
      log.info(options.json ? JSON.stringify({ request, ...resultFields(result) }) : balanceLine(result));
      await sleep(options.interval * 1000, interrupted);
    }
    const logs = await ask('/getlogs');
    printLogs(logs, options, log);
    if ([...results, logs].some((result) => result.kind === 'status' && result.status === 401)) {
      log.warn("401: the server requires credentials; give this client the server's LAB_TOKEN or LAB_BASIC");
    }
  } catch (error) {
    if (!interrupted.aborted) throw error;
    log.info(
      options.json ? JSON.stringify({ interrupted: true, ...tally(results) }) : summary(results, options),
    );
    return 130;
  }
  // Over TLS, the connection may have ended during the handshake.
  const isReached = (result: Result) => result.kind !== 'failed' || (result.closed && !options.tls);
  return results.some(isReached) ? 0 : 1;
}

function openSession({ address, port, tls, token, basic }: BalanceOptions): AxiosInstance {
  const host = address.includes(':') ? `[${address}]` : address;
  const session = { keepAlive: true, maxSockets: 1 };
  return axios.create({
    baseURL: `${tls ? 'https' : 'http'}://${host}:${port}`,
    httpAgent: new Agent(session),
    httpsAgent: new TlsAgent({ ...session, ...tls }),
    headers: authorization(token, basic),
    responseType: 'text',
    validateStatus: () => true,
    maxRedirects: 0,
    proxy: false,
  });
}

/** The header with the credentials: a bearer token, or else a name and password (RFC 6750, RFC 7617). */
function authorization(token: string | undefined, basic: string | undefined) {
  if (token) return { authorization: `Bearer ${token}` };
  return basic ? { authorization: `Basic ${Buffer.from(basic).toString('base64')}` } : {};
}

async function get(
  session: AxiosInstance,
  path: string,
  { address, port, timeout }: BalanceOptions,
  interrupted: AbortSignal,
): Promise<Result> {
  const late = AbortSignal.timeout(timeout * 1000);
  try {
    const { status, data } = await session.get<string>(path, {
      signal: AbortSignal.any([late, interrupted]),
    });
    return { kind: 'status', status, body: data };
  } catch (error) {
    interrupted.throwIfAborted();
    if (late.aborted) return { kind: 'timeout' };
    const reason = explainNetworkError(error, `${address}:${port}`);
    return { kind: 'failed', reason, closed: closedByPeer(error) };
  }
}

type Failed = Extract<Result, { kind: 'failed' }>;

/**
 * Whether the server may have closed the connection because of the client's certificate: at once and without a byte.
 */
function isDoubtful(
  result: Result,
  before: readonly Result[],
  { tls }: BalanceOptions,
  milliseconds: number,
): result is Failed {
  const isClosed = result.kind === 'failed' && result.closed && milliseconds < AT_ONCE_MS;
  return isClosed && tls?.cert !== undefined && before.every(({ kind }) => kind !== 'status');
}

function balanceLine(result: Result): string {
  if (result.kind === 'status') return `/getbalance response status code: ${result.status}`;
  if (result.kind === 'timeout') return '/getbalance request timed out';
  return `/getbalance request failed: ${result.reason}`;
}

function printLogs(result: Result, { json }: BalanceOptions, log: Log): void {
  if (json)
    log.info(
      JSON.stringify({ logs: result.kind === 'status' ? logEntries(result.body) : resultFields(result) }),
    );
  else if (result.kind === 'status') log.info(`Logs:\n${result.body}`);
  else log.info(`/getlogs request failed: ${result.kind === 'failed' ? result.reason : 'timed out'}`);
}

/** The entries; or the body itself when it is no JSON, such as an error of the server. */
function logEntries(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function resultFields(result: Result): object {
  if (result.kind === 'status') return { outcome: String(result.status) };
  if (result.kind === 'timeout') return { outcome: 'timeout' };
  return { outcome: 'failed', reason: result.reason };
}

function tally(results: readonly Result[]): Record<string, number> {
  const counts = Map.groupBy(results, (result) =>
    result.kind === 'status' ? String(result.status) : result.kind,
  );
  return {
    requests: results.length,
    ...Object.fromEntries(Array.from(counts, ([k, all]) => [k, all.length])),
  };
}

function summary(results: readonly Result[], { requests }: BalanceOptions): string {
  const { requests: done, ...counts } = tally(results);
  const parts = Object.entries(counts).map(([outcome, count]) => `${count} × ${outcome}`);
  return `Interrupted after ${done} of ${requests} requests${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
