import { expect, test } from '@jest/globals';
import { explainHandshakeFailure, type HandshakeFailure } from './handshake-failure.ts';

function explain(known: Partial<HandshakeFailure>): string {
  return explainHandshakeFailure({
    code: undefined,
    reason: undefined,
    certificate: undefined,
    left: false,
    ...known,
  });
}

const left = 'the client left in the middle; it may not trust this certificate';

test.each([
  [
    'a known code before what OpenSSL says',
    { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', reason: 'tlsv1 alert unknown ca' },
    'the client does not know the CA of this certificate (its alert unknown_ca)',
  ],
  [
    'what OpenSSL says of another code',
    { code: 'ERR_SSL_NEW', reason: 'bad record type' },
    'bad record type',
  ],
  ['the code when there is nothing else', { code: 'ENEW' }, 'ENEW'],
  ['a reset as leaving', { code: 'ECONNRESET' }, left],
  [
    'an end as leaving, whatever came of it',
    { code: 'ERR_SSL_NEW', reason: 'bad record type', left: true },
    left,
  ],
  [
    "what is wrong with the client's certificate before the reset that it led to",
    { code: 'ECONNRESET', certificate: 'CERT_HAS_EXPIRED', left: true },
    'the client certificate has expired',
  ],
  [
    'a certificate that is wrong in another way',
    { code: 'ECONNRESET', certificate: 'CRL_HAS_EXPIRED' },
    'the client certificate is not taken: CRL_HAS_EXPIRED',
  ],
])('says %s', (_what, known, said) => {
  expect(explain(known)).toBe(said);
});
