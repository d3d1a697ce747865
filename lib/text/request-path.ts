/** How much of a path stands in the journal, in characters. */
const LONGEST = 200;

/**
 * The path of a request target (RFC 9112, 3.2), without what may be secret around it: a name and password before it,
 * a query after it. Of CONNECT it is the host and port that it names. Of a target that is no URL it is empty.
 */
export function pathOf(target = '/'): string {
  if (target === '*') return target;
  const isAuthority = !target.startsWith('/') && !target.includes('://');
  if (isAuthority) return target.slice(target.lastIndexOf('@') + 1).replaceAll(/[^!-~]/g, encodeURIComponent);
  return URL.parse(target, 'http://lab')?.pathname ?? '';
}

/** The path as an entry of a request that was refused has it. */
export function journaledPathOf(target?: string): string {
  return pathOf(target).slice(0, LONGEST);
}
