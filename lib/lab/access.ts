import { secret } from '#lib/runtime/config.ts';

/** The token that servers and clients share. Its form is that of a bearer token (RFC 6750, 2.1). */
export function token() {
  return secret('token that HTTP requires as a bearer token, and that signs messages to the echo server', {
    form: /^[A-Za-z0-9\-._~+/]+=*$/,
    allowed: 'letters, digits and - . _ ~ + /, with = at the end only',
  });
}

/** The name and password for HTTP's basic authentication. A name has no colon (RFC 7617, 2). */
export function login() {
  return secret('name and password that HTTP accepts, also at /login', {
    form: /^[^:\p{Cc}]+:\P{Cc}+$/u,
    allowed: 'user:password, without control characters',
  });
}
