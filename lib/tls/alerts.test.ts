import { expect, test } from '@jest/globals';
import { alertOf, isUndecryptable, wordsOf } from './alerts.ts';

test.each([
  ['ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC', 'bad_record_mac'],
  ['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', 'bad_record_mac'],
  ['ERR_SSL_TLSV1_ALERT_DECODE_ERROR', 'decode_error'],
  ['ERR_SSL_TLSV13_ALERT_MISSING_EXTENSION', 'missing_extension'],
  ['ERR_SSL_BAD_EXTENSION', undefined],
  ['ECONNRESET', undefined],
])('the alert of %s is %s', (code, alert) => {
  expect(alertOf(code)).toBe(alert);
});

test('what could not be decrypted is told from other errors', () => {
  expect(isUndecryptable('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC')).toBe(true);
  expect(isUndecryptable('ERR_SSL_CIPHER_OPERATION_FAILED')).toBe(true);
  expect(isUndecryptable('ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC')).toBe(false);
});

test('the words of OpenSSL are in the code', () => {
  expect(wordsOf('ERR_SSL_CERT_LENGTH_MISMATCH')).toBe('cert length mismatch');
  expect(wordsOf('ECONNRESET')).toBeUndefined();
});
