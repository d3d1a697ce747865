/** Characters of a path that are journaled, at most. */
const LONGEST = 200;

/**
 * The path of a request target (RFC 9112, 3.2), without the parts that may be secret: a name and password before it, a
 * query after it. For CONNECT it is the host and port of the target. It is empty for a target that is no URL.
 */
export function pathOf(target = '/'): string {
  if (target === '*') return target;
  const isAuthority = !target.startsWith('/') && !target.includes('://');
  if (isAuthority) return target.slice(target.lastIndexOf('@') + 1).replaceAll(/[^!-~]/g, encodeURIComponent);
  return URL.parse(target, 'http://lab')?.pathname ?? '';
}

/** The path in the entry of a refused request. */
export function journaledPathOf(target?: string): string {
  return pathOf(target).slice(0, LONGEST);
}
