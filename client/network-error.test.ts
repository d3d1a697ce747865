import { expect, test } from '@jest/globals';
import { explainNetworkError, explainTlsError } from './network-error.ts';

const where = '10.0.28.182:8080';

test.each([
  ['ECONNREFUSED', 'connection refused by 10.0.28.182:8080: nothing listens on that port'],
  ['ECONNRESET', 'connection reset: 10.0.28.182:8080 closed it without an answer'],
  ['EPIPE', 'connection reset: 10.0.28.182:8080 closed it without an answer'],
  ['EHOSTUNREACH', 'no route to 10.0.28.182:8080: no host has that address'],
  ['ENETUNREACH', "no route to 10.0.28.182:8080: its network can't be reached"],
  ['ENOTFOUND', 'name not found: 10.0.28.182:8080'],
  ['EAI_AGAIN', 'name not found: 10.0.28.182:8080 (the name server does not answer)'],
])('explains %s', (code, line) => {
  expect(explainNetworkError(Object.assign(new Error('connect'), { code }), where)).toBe(line);
});

test.each([
  ['an error of another code', Object.assign(new Error('a message'), { code: 'ENEW' }), 'a message'],
  ['an error without a code', new Error('a message'), 'a message'],
  ['a value that is no error', 'a text', 'a text'],
])('falls back to the words of %s', (_what, error, line) => {
  expect(explainNetworkError(error, where)).toBe(line);
});

test.each([
  ['tlsv1 alert protocol version', `${where} does not accept this version of TLS (LAB_TLS_MIN)`],
  [
    'ssl/tls alert handshake failure',
    `${where} refused the handshake: it requires a client certificate or another cipher suite`,
  ],
  ['wrong version number', `${where} does not speak TLS on that port`],
])("reads the alert of a failed write in OpenSSL's words: %s", (reason, line) => {
  const words = `0:error:0A00042E:SSL routines:ssl3_read_bytes:${reason}:../deps/openssl/rec_layer_s3.c:918:\n`;
  const error = Object.assign(new Error(`write EPROTO ${words}`), { code: 'EPROTO' });
  expect(explainNetworkError(error, where)).toBe(line);
  expect(explainTlsError(error)).toBe(line.replace(where, 'the server'));
});

test.each([
  ['itself', (error: Error) => error],
  [
    'its cause',
    (cause: Error) => Object.assign(new Error('', { cause }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
  ],
])('names the owner of the certificate, by the error %s', (_whose, wrap) => {
  const cert = { subjectaltname: 'DNS:elsewhere' };
  const error = Object.assign(new Error(), { code: 'ERR_TLS_CERT_ALTNAME_INVALID', cert });
  expect(explainNetworkError(wrap(error), where)).toBe(
    `the certificate of ${where} is for other names: DNS:elsewhere`,
  );
});

test('does not take a reset for a failure of TLS', () => {
  expect(explainTlsError(Object.assign(new Error(), { code: 'ECONNRESET' }))).toBeUndefined();
  expect(explainTlsError(undefined)).toBeUndefined();
});
