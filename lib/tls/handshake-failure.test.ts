import { expect, test } from '@jest/globals';
import { explainHandshakeFailure, type HandshakeFailure } from './handshake-failure.ts';

function explain(known: Partial<HandshakeFailure>): string {
  return explainHandshakeFailure({
    code: undefined,
    reason: undefined,
    certificate: undefined,
    disconnected: false,
    ...known,
  });
}

const disconnected =
  "the client disconnected during the handshake; it probably rejected the server's certificate";

test.each([
  [
    'a known code before the reason of OpenSSL',
    { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', reason: 'tlsv1 alert unknown ca' },
    "the client does not know the CA of the server's certificate (alert unknown_ca)",
  ],
  [
    'the reason of OpenSSL for another code',
    { code: 'ERR_SSL_NEW', reason: 'bad record type' },
    'bad record type',
  ],
  [
    'what it could not decrypt',
    { code: 'ERR_SSL_CIPHER_OPERATION_FAILED', reason: 'cipher operation failed' },
    'this server could not decrypt what the client sent (alert bad_record_mac): bytes were changed on the way',
  ],
  [
    'what the client could not decrypt',
    { code: 'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC', reason: 'ssl/tls alert bad record mac' },
    'the client could not decrypt what this server sent (alert bad_record_mac): bytes were changed on the way',
  ],
  [
    'another alert by its name',
    { code: 'ERR_SSL_TLSV1_ALERT_DECODE_ERROR', reason: 'tlsv1 alert decode error' },
    'the client ended the handshake with the alert decode_error',
  ],
  ['the code when there is nothing else', { code: 'ENEW' }, 'ENEW'],
  ['a reset as a disconnect', { code: 'ECONNRESET' }, disconnected],
  [
    'an end of the client as a disconnect, whatever error follows',
    { code: 'ERR_SSL_NEW', reason: 'bad record type', disconnected: true },
    disconnected,
  ],
  [
    "the problem of the client's certificate before the reset that follows from it",
    { code: 'ECONNRESET', certificate: 'CERT_HAS_EXPIRED', disconnected: true },
    'the client certificate has expired',
  ],
  [
    'a certificate with another problem',
    { code: 'ECONNRESET', certificate: 'CRL_HAS_EXPIRED' },
    'the client certificate was rejected: CRL_HAS_EXPIRED',
  ],
])('explains %s', (_what, known, said) => {
  expect(explain(known)).toBe(said);
});
