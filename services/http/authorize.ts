import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isSame } from '#lib/text/constant-time.ts';

/** Who may talk to the server. Undefined wants nothing. */
export interface Secrets {
  readonly token?: string | undefined;
  /** `user:password`. */
  readonly basic?: string | undefined;
}

/** Why a request is refused, and the challenges that say what would do (RFC 9110, 11.6.1). */
export interface Refusal {
  readonly reason:
    | 'no credentials'
    | 'several credentials'
    | 'wrong token'
    | 'wrong name or password'
    | 'unknown scheme';
  readonly challenges: readonly string[];
}

/**
 * Looks at the credentials of a request: a bearer's token (RFC 6750) or a name and password (RFC 7617), whichever of
 * them the server has.
 *
 * @returns undefined when they are right, or none are wanted
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
  // Node would take the first.
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
      // Node decodes what is no base64 too, so the encoded forms are compared.
      return isSame(digest(Buffer.from(basic).toString('base64')), digest(given))
        ? undefined
        : refused('wrong name or password');
    default:
      return refused('unknown scheme');
  }
}

/** Of a fixed length, as how long a secret is nobody is to find out by the time of an answer. */
function digest(text: string): string {
  return hash('sha256', text);
}

/** The name in `user:password`. */
export function nameOf(basic: string): string {
  return basic.slice(0, basic.indexOf(':'));
}
