/*
 * What a browser may do with an answer. Nothing comes from elsewhere, and nothing is shown inside another page.
 */

const PAGE = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** The terminal is in a frame of the page, and its package writes styles. */
const TERMINAL = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
];

/** The headers of an answer for a path. */
export function headersOf(path: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': (path.startsWith('/terminal/') ? TERMINAL : PAGE).join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}
