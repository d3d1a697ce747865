import { describe, expect, test } from '@jest/globals';
import { explainNetworkError, explainTlsError, isDamaged } from './network-error.ts';

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

describe('TLS that fails because somebody on the way changed bytes', () => {
  test.each([
    [
      'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC',
      `${where} could not decrypt what this client sent (alert bad_record_mac): bytes were changed on the way`,
    ],
    [
      'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
      `what ${where} sent could not be decrypted: bytes were changed on the way`,
    ],
    [
      'ERR_SSL_PROVIDER_SIGNATURE_FAILURE',
      `the signature of ${where} does not fit the messages of the handshake: bytes were changed on the way`,
    ],
    [
      'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR',
      `for ${where}, the signature of this client does not fit the messages of the handshake: bytes were changed on the way`,
    ],
    [
      'ERR_SSL_TLSV1_ALERT_DECODE_ERROR',
      `${where} ended TLS with the alert decode_error; bytes may have been changed on the way`,
    ],
    [
      'ERR_SSL_BAD_EXTENSION',
      `what ${where} sent breaks the rules of TLS (bad extension); bytes may have been changed on the way`,
    ],
  ])('is explained without the text of OpenSSL: %s', (code, line) => {
    const error = Object.assign(new Error('error:0A0003FC:SSL routines:…:918:'), { code });
    expect(explainNetworkError(error, where)).toBe(line);
    expect(isDamaged(error)).toBe(true);
  });

  test.each(['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'ECONNRESET'])(
    'is something else than %s',
    (code) => {
      expect(isDamaged(Object.assign(new Error(), { code }))).toBe(false);
    },
  );

  test('is something else than another alert, which is named', () => {
    const error = Object.assign(new Error(), { code: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR' });
    expect(explainNetworkError(error, where)).toBe(`${where} ended TLS with the alert internal_error`);
  });
});
