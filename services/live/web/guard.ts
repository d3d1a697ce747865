import type { IncomingMessage } from 'node:http';
import { Refusal } from '#lib/live/refusal.ts';
import type { Rights } from '../contract.ts';
import { type Reachable, type ReachedBy, readHost } from './hosts.ts';
import type { Doorman } from './rights.ts';

/** Methods that change nothing, and all that there are. */
const READING = new Set(['GET', 'HEAD']);
const METHODS = new Set([...READING, 'POST', 'DELETE']);

/**
 * Lets only requests through that a page of this server has made, or a person who follows a link. Another page in the same
 * browser must not read packets, switch faults or open a shell.
 *
 * @throws Refusal for any other request
 */
export function cameByRightWay(request: IncomingMessage, reachable: Reachable): ReachedBy {
  const { method = '', url = '' } = request;
  const { host, origin } = request.headers;
  if (!METHODS.has(method))
    throw new Refusal(405, `the method is ${method}; allowed: ${[...METHODS].join(', ')}`);
  // A target with a host of its own would count more than the Host header (RFC 9112, 3.2.2).
  if (!url.startsWith('/')) throw new Refusal(400, `the target is "${url}"; allowed: a path`);
  // Each program on the way could take another one of two (RFC 9112, 3.2).
  if ((request.headersDistinct.host ?? []).length > 1)
    throw new Refusal(400, 'there are several Host headers; allowed: one');
  const by = readHost(host, reachable);
  if (!by)
    throw new Refusal(
      421,
      `Host is "${host ?? ''}"; allowed: 127.0.0.1, localhost${reachable.address === '127.0.0.1' ? '' : ', an address of this machine, and the names in LIVE_NAMES'}`,
    );
  const own = `http://${by.host}`;
  const needsOrigin = !READING.has(method) || request.headers.upgrade !== undefined;
  if (needsOrigin ? origin !== own : origin !== undefined && origin !== own)
    throw new Refusal(403, `Origin is "${origin ?? ''}"; allowed: ${own}`);
  if (!isOwn(request)) throw new Refusal(403, 'a page of another server has made this request');
  return by;
}

/**
 * Whether the browser says that no other page has made the request (Fetch Metadata). It says so to a server that it trusts:
 * to 127.0.0.1 and localhost, and over TLS. At the address of a class only the cookies keep other pages out, which a browser
 * does not send with their requests. A page of another port of this machine is of the same site, and of another origin.
 */
function isOwn({ method, url, headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return method === 'GET' && isLink && /^\/(\?|$)/.test(url ?? '');
}

/** @throws Refusal without the rights that are needed */
export function hasRights(
  request: IncomingMessage,
  by: ReachedBy,
  { doorman, needed }: { readonly doorman: Doorman; readonly needed: Rights },
): Rights {
  const rights = doorman.rightsBy(request, by);
  if (!rights) throw new Refusal(401, HOW_TO_ENTER);
  if (needed === 'control' && rights !== 'control')
    throw new Refusal(403, 'this link only looks; the link with the controls is printed by make live');
  return rights;
}

export const HOW_TO_ENTER = 'this page needs its link, which make live prints where the lab runs';
