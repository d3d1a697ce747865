/** Why a handshake failed, by the code that Node gives it; the alert's name is that of RFC 8446, 6.2. */
const reasons: Readonly<Record<string, string>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    'no client certificate (alert certificate_required, by TLS 1.2 handshake_failure)',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'its TLS version is too old (alert protocol_version)',
  ERR_SSL_NO_SHARED_CIPHER: 'no cipher suite in common (alert handshake_failure)',
  ERR_SSL_HTTP_REQUEST: 'plain HTTP on a port of TLS',
  ERR_SSL_HTTPS_PROXY_REQUEST: 'plain HTTP on a port of TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what came is no TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what came is no TLS',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA:
    'the client does not know the CA of this certificate (its alert unknown_ca)',
  ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR: 'the client could not verify what was signed (its alert decrypt_error)',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED':
    'to the client this certificate has expired (its alert certificate_expired)',
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE':
    'the client does not take this certificate (its alert bad_certificate)',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN':
    'the client does not take this certificate (its alert certificate_unknown)',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'it was not finished in time',
};

/** Why a client certificate was not taken, by the code that verifying it gave. */
const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the client certificate has expired',
  CERT_NOT_YET_VALID: 'the client certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the client certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the client certificate is of another CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the client certificate is of another CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the client certificate is of another CA',
  UNABLE_TO_GET_ISSUER_CERT: 'the client certificate is of another CA',
  CERT_SIGNATURE_FAILURE: 'the client certificate is of another CA',
  INVALID_PURPOSE: 'the client certificate is not one of a client',
};

/** Of a client that was connected and closed before it had sent anything. */
export const LEFT_WITHOUT_A_WORD = 'the client left right behind it; it may not trust this certificate';

/** What is known of a handshake that failed. */
export interface HandshakeFailure {
  readonly code: string | undefined;
  /** What OpenSSL says of it. */
  readonly reason: string | undefined;
  /** What verifying the client's certificate gave, when it was not taken. */
  readonly certificate: string | undefined;
  /** The client had ended its side. */
  readonly left: boolean;
}

/** Why a handshake failed, in words for a student. */
export function explainHandshakeFailure({ code = '', reason, certificate, left }: HandshakeFailure): string {
  if (certificate)
    return certificateReasons[certificate] ?? `the client certificate is not taken: ${certificate}`;
  if (left || code === 'ECONNRESET')
    return 'the client left in the middle; it may not trust this certificate';
  return reasons[code] ?? reason ?? code;
}
