/** The name of an alert in a code of Node, such as `ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC`. */
const ALERT = /^ERR_SSL_(?:SSL\/TLS|SSLV3|TLSV1\d?)_ALERT_(.+)$/;

/** The alert with which the other side ended TLS, by its name in RFC 8446, 6.2. Undefined for another error. */
export function alertOf(code: string): string | undefined {
  return ALERT.exec(code)?.[1]?.toLowerCase();
}

/** OpenSSL could not decrypt a record. It then sends the alert bad_record_mac. */
export function isUndecryptable(code: string): boolean {
  return code === 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' || code === 'ERR_SSL_CIPHER_OPERATION_FAILED';
}

/** What OpenSSL says in a code of Node: `bad extension` for `ERR_SSL_BAD_EXTENSION`. Undefined for another error. */
export function wordsOf(code: string): string | undefined {
  return /^ERR_SSL_(.+)$/.exec(code)?.[1]?.toLowerCase().replaceAll('_', ' ');
}
