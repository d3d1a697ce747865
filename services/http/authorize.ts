import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Journal } from '#lib/journal/journal.ts';
import type { Entry } from '#lib/journal/schema.ts';
import type { Log } from '#lib/runtime/log.ts';
import { isSame } from '#lib/text/constant-time.ts';
import { journaledPathOf } from '#lib/text/request-path.ts';
import { tlsVersion } from '#lib/tls/version.ts';
import type { Exchanges } from './exchanges.ts';
import { clientAddress, respond } from './respond.ts';

/** The credentials that requests need. When both are undefined, they need none. */
export interface Secrets {
  readonly token?: string | undefined;
  /** `user:password`. */
  readonly basic?: string | undefined;
}

export interface AuthorizeParts {
  readonly journal: Journal<Entry>;
  readonly exchanges: Exchanges;
  readonly log: Log;
  readonly now: () => Date;
}

/** Why a request is refused, and the challenges that tell what the server accepts (RFC 9110, 11.6.1). */
export interface Refusal {
  readonly reason:
    | 'no credentials'
    | 'several credentials'
    | 'wrong token'
    | 'wrong name or password'
    | 'unknown scheme';
  readonly challenges: readonly string[];
}

/** Middleware that passes on a request with valid credentials, and answers 401 to any other. */
export function authorize(secrets: Secrets, parts: AuthorizeParts) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void | Promise<void> => {
    const refusal = refusalOf(request, secrets);
    return refusal ? refuse(refusal, request, response, parts) : next();
  };
}

async function refuse(
  { reason, challenges }: Refusal,
  request: IncomingMessage,
  response: ServerResponse,
  { journal, exchanges, log, now }: AuthorizeParts,
): Promise<void> {
  // A response has no socket until all earlier responses of the connection are sent.
  const { socket, url } = request;
  const exchange = await exchanges.of(request, response);
  const client = clientAddress(socket);
  await journal.append({
    timestamp: now().toISOString(),
    client_ip: client,
    outcome: '401',
    id: journal.nextId(),
    client_port: socket.remotePort,
    path: journaledPathOf(url),
    reason,
    ...exchange,
    tls: tlsVersion(socket),
  });
  log.warn(`refused a request from ${client}:${socket.remotePort}: ${reason}`);
  response.setHeader('www-authenticate', challenges);
  respond(response, 401, 'Unauthorized');
}

/**
 * Checks the credentials of a request: a bearer token (RFC 6750), or a name and password (RFC 7617), as far as the
 * server has them.
 *
 * @returns undefined when the credentials are right, or the server needs none
 */
export function refusalOf(request: IncomingMessage, { token, basic }: Secrets): Refusal | undefined {
  if (token === undefined && basic === undefined) return undefined;
  const { authorization } = request.headers;
  const refused = (reason: Refusal['reason'], error = ''): Refusal => ({
    reason,
    challenges: [
      ...(token === undefined ? [] : [`Bearer realm="wirelab"${error}`]),
      ...(basic === undefined ? [] : ['Basic realm="wirelab", charset="UTF-8"']),
    ],
  });
  if (!authorization) return refused('no credentials');
  // Node.js would take the first of them.
  if ((request.headersDistinct.authorization?.length ?? 0) > 1) return refused('several credentials');
  const [, scheme = '', given = ''] = /^(\S*) *(.*)$/.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      if (token === undefined) return refused('unknown scheme');
      return isSame(digest(token), digest(given))
        ? undefined
        : refused('wrong token', ', error="invalid_token"');
    case 'basic':
      if (basic === undefined) return refused('unknown scheme');
      // Node.js also decodes invalid base64, so the encoded forms are compared.
      return isSame(digest(Buffer.from(basic).toString('base64')), digest(given))
        ? undefined
        : refused('wrong name or password');
    default:
      return refused('unknown scheme');
  }
}

/** A hash has a fixed length, so the time of a response does not reveal the length of a secret. */
function digest(text: string): string {
  return hash('sha256', text);
}

/** The name in `user:password`. */
export function nameOf(basic: string): string {
  return basic.slice(0, basic.indexOf(':'));
}
