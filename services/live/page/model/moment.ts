import { isSlowness, type Slowness } from './pace.ts';

/** What a link to a moment has. */
export interface Moment {
  readonly packet?: number | undefined;
  readonly speed?: Slowness | undefined;
  readonly filter?: string | undefined;
}

/** Reads `#packet=12&speed=1000&filter=http`. What it does not know, it leaves out. */
export function readMoment(hash: string): Moment {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const packet = Number(given.get('packet'));
  const speed = Number(given.get('speed'));
  const filter = given.get('filter')?.trim();
  return {
    ...(Number.isSafeInteger(packet) && packet > 0 && { packet }),
    ...(isSlowness(speed) && { speed }),
    ...(filter && { filter }),
  };
}

const HERE: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The link to a moment of a page.
 *
 * @param forClass the address of the page for other machines, as `http://lab.school:8089`, if it is known
 * @returns the link, and whether other machines can use it
 */
export function linkTo(
  { hostname, origin, pathname }: Pick<URL, 'hostname' | 'origin' | 'pathname'>,
  hash: string,
  forClass: string | undefined,
): { readonly link: string; readonly isForAll: boolean } {
  const isHere = HERE.includes(hostname);
  const begin = isHere ? (forClass ?? origin) : origin;
  return { link: `${begin}${pathname}${hash}`, isForAll: !isHere || forClass !== undefined };
}

export function writeMoment({ packet, speed, filter }: Moment): string {
  const parts = new URLSearchParams();
  if (packet !== undefined) parts.set('packet', String(packet));
  if (speed !== undefined) parts.set('speed', String(speed));
  if (filter) parts.set('filter', filter);
  return parts.size === 0 ? '' : `#${parts}`;
}
