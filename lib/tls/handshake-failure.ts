import { alertOf, isUndecryptable } from './alerts.ts';

/** Why a handshake failed, by the error code of Node. The names of alerts are those of RFC 8446, 6.2. */
const reasons: Readonly<Record<string, string>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    'the client sent no certificate (alert certificate_required; in TLS 1.2 handshake_failure)',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the TLS version of the client is too old (alert protocol_version)',
  ERR_SSL_NO_SHARED_CIPHER: 'client and server have no cipher suite in common (alert handshake_failure)',
  ERR_SSL_HTTP_REQUEST: 'plain HTTP on a TLS port',
  ERR_SSL_HTTPS_PROXY_REQUEST: 'plain HTTP on a TLS port',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the client sent something other than TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the client sent something other than TLS',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA:
    "the client does not know the CA of the server's certificate (alert unknown_ca)",
  ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR:
    "the client could not verify the server's signature (alert decrypt_error)",
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED':
    "for the client, the server's certificate has expired (alert certificate_expired)",
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE':
    "the client rejected the server's certificate (alert bad_certificate)",
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN':
    "the client rejected the server's certificate (alert certificate_unknown)",
  'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC':
    'the client could not decrypt what this server sent (alert bad_record_mac): bytes were changed on the way',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'the client did not finish the handshake in time',
};

/** Why a client certificate was rejected, by the code of its verification. */
const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the client certificate has expired',
  CERT_NOT_YET_VALID: 'the client certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the client certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the client certificate was issued by another CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the client certificate was issued by another CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the client certificate was issued by another CA',
  UNABLE_TO_GET_ISSUER_CERT: 'the client certificate was issued by another CA',
  CERT_SIGNATURE_FAILURE: 'the client certificate was issued by another CA',
  INVALID_PURPOSE: 'the client certificate is not meant for clients',
};

/** A client finished its handshake and disconnected before it sent anything. */
export const DISCONNECTED_AT_ONCE =
  "the client disconnected right after the handshake; it probably rejected the server's certificate";

/** What the server knows about a handshake that failed. */
export interface HandshakeFailure {
  readonly code: string | undefined;
  /** The reason that OpenSSL gives. */
  readonly reason: string | undefined;
  /** The code of the verification, when the server rejected the client's certificate. */
  readonly certificate: string | undefined;
  /** The client had already ended its side. */
  readonly disconnected: boolean;
}

/** Why a handshake failed, in words for a student. */
export function explainHandshakeFailure({
  code = '',
  reason,
  certificate,
  disconnected,
}: HandshakeFailure): string {
  if (certificate)
    return certificateReasons[certificate] ?? `the client certificate was rejected: ${certificate}`;
  if (disconnected || code === 'ECONNRESET') {
    return "the client disconnected during the handshake; it probably rejected the server's certificate";
  }
  return reasons[code] ?? ofBytes(code) ?? reason ?? code;
}

function ofBytes(code: string): string | undefined {
  if (isUndecryptable(code)) {
    return 'this server could not decrypt what the client sent (alert bad_record_mac): bytes were changed on the way';
  }
  const alert = alertOf(code);
  return alert && `the client ended the handshake with the alert ${alert}`;
}
