import { secret } from '#lib/runtime/config.ts';

/** The token that all who talk to the servers share (RFC 6750, 2.1: what a bearer's token may be made of). */
export function token() {
  return secret('token that HTTP wants as a bearer, and that authenticates messages to the echo server', {
    form: /^[A-Za-z0-9\-._~+/]+=*$/,
    allowed: 'letters, digits and - . _ ~ + /, with = at the end only',
  });
}

/** The name and password of HTTP's basic authentication (RFC 7617, 2: no colon in a name). */
export function login() {
  return secret('name and password that HTTP takes, and that /login is for', {
    form: /^[^:\p{Cc}]+:\P{Cc}+$/u,
    allowed: 'user:password, without control characters',
  });
}
