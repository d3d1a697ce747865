import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isSame } from '#lib/text/constant-time.ts';
import type { Rights } from '../contract.ts';
import type { ReachedBy } from './hosts.ts';

/** The secrets of the links, made at the start of the server and nowhere else. */
export interface Tokens extends Readonly<Record<Rights, string>> {
  /** Opens the files of the page, which have no secret, and nothing else. */
  readonly page: string;
}

const TOKEN_BYTES = 32;

export function newTokens(): Tokens {
  const token = () => randomBytes(TOKEN_BYTES).toString('base64url');
  return { control: token(), view: token(), page: token() };
}

/**
 * What needs a cookie with rights. A browser sends a cookie to every port of a host, so to the lab's HTTP server too, and
 * everybody can read what goes there. But it sends it only below the path of the cookie, and that server has none of these.
 */
export const GUARDED = [
  ...['/events', '/packets', '/filters', '/controls', '/runs', '/sheet', '/terminal/shell'],
] as const;

/** Reads and gives rights at one port. */
export class Doorman {
  readonly #tokens: Tokens;
  readonly #hasControls: boolean;

  /** @param hasControls whether the controls are at this port, which only this machine reaches */
  constructor(tokens: Tokens, hasControls: boolean) {
    this.#tokens = tokens;
    this.#hasControls = hasControls;
  }

  /** The rights that the token of a link gives. */
  rightsOf(token: string): Rights | 'control elsewhere' | undefined {
    const { control, view } = this.#tokens;
    // Both are compared, so that the time tells nothing.
    const [isControl, isView] = [isSame(token, control), isSame(token, view)];
    if (isControl) return this.#hasControls ? 'control' : 'control elsewhere';
    return isView ? 'view' : undefined;
  }

  /** Sets the cookies of a browser that came with a link. */
  welcome(response: ServerResponse, rights: Rights, by: ReachedBy): void {
    const cookie = (name: string, value: string, path: string) =>
      `${name}=${value}; Path=${path}; HttpOnly; SameSite=Strict`;
    response.appendHeader('set-cookie', cookie(pageCookie(by), this.#tokens.page, '/'));
    for (const path of GUARDED)
      response.appendHeader('set-cookie', cookie(rightsCookie(by), this.#tokens[rights], path));
  }

  /** The rights of a request by its cookie. */
  rightsBy(request: IncomingMessage, by: ReachedBy): Rights | undefined {
    for (const token of cookiesOf(request, rightsCookie(by))) {
      const rights = this.rightsOf(token);
      if (rights === 'control' || rights === 'view') return rights;
    }
    return undefined;
  }

  /** Whether a browser came with a link of this server. */
  knows(request: IncomingMessage, by: ReachedBy): boolean {
    return cookiesOf(request, pageCookie(by)).some((token) => isSame(token, this.#tokens.page));
  }
}

/** Servers on several ports share the cookies of a host, so each port has names of its own. */
function pageCookie({ port }: ReachedBy): string {
  return `wirelab-page-${port || 80}`;
}

function rightsCookie({ port }: ReachedBy): string {
  return `wirelab-live-${port || 80}`;
}

/** The values of a cookie. A browser can have several of one name. */
function cookiesOf({ headers }: IncomingMessage, name: string): string[] {
  return (headers.cookie ?? '').split(/; */).flatMap((pair) => {
    const at = pair.indexOf('=');
    return pair.slice(0, at) === name ? [pair.slice(at + 1)] : [];
  });
}
