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
