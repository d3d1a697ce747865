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
    'a known code before what OpenSSL says',
    { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', reason: 'tlsv1 alert unknown ca' },
    "the client does not know the CA of the server's certificate (alert unknown_ca)",
  ],
  [
    'what OpenSSL says of another code',
    { code: 'ERR_SSL_NEW', reason: 'bad record type' },
    'bad record type',
  ],
  ['the code when there is nothing else', { code: 'ENEW' }, 'ENEW'],
  ['a reset as leaving', { code: 'ECONNRESET' }, disconnected],
  [
    'an end as leaving, whatever came of it',
    { code: 'ERR_SSL_NEW', reason: 'bad record type', disconnected: true },
    disconnected,
  ],
  [
    "what is wrong with the client's certificate before the reset that it led to",
    { code: 'ECONNRESET', certificate: 'CERT_HAS_EXPIRED', disconnected: true },
    'the client certificate has expired',
  ],
  [
    'a certificate that is wrong in another way',
    { code: 'ECONNRESET', certificate: 'CRL_HAS_EXPIRED' },
    'the client certificate was rejected: CRL_HAS_EXPIRED',
  ],
])('says %s', (_what, known, said) => {
  expect(explain(known)).toBe(said);
});
