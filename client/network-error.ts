import { alertOf, isUndecryptable, wordsOf } from '#lib/tls/alerts.ts';

const BAD_SIGNATURE = 'ERR_SSL_PROVIDER_SIGNATURE_FAILURE';

/** Why a connection failed, in words that help a student, by the error code of Node. */
const explanations: Readonly<Record<string, (where: string) => string>> = {
  ECONNREFUSED: (where) => `connection refused by ${where}: nothing listens on that port`,
  ECONNRESET: (where) => `connection reset: ${where} closed it without an answer`,
  EPIPE: (where) => `connection reset: ${where} closed it without an answer`,
  EHOSTUNREACH: (where) => `no route to ${where}: no host has that address`,
  ENETUNREACH: (where) => `no route to ${where}: its network can't be reached`,
  ETIMEDOUT: (where) => `no answer from ${where}: the connection was not opened in time`,
  ENOTFOUND: (where) => `name not found: ${where}`,
  EAI_AGAIN: (where) => `name not found: ${where} (the name server does not answer)`,
  CERT_HAS_EXPIRED: (where) => `the certificate of ${where} has expired`,
  CERT_NOT_YET_VALID: (where) =>
    `the certificate of ${where} is not valid yet: one of the two clocks is wrong`,
  INVALID_PURPOSE: (where) => `the certificate of ${where} is not meant for servers`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (where) =>
    `the certificate of ${where} is self-signed: no CA has confirmed it`,
  SELF_SIGNED_CERT_IN_CHAIN: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownCa,
  CERT_SIGNATURE_FAILURE: unknownCa,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: certificateRequired,
  [BAD_SIGNATURE]: (where) =>
    `the signature of ${where} does not fit the messages of the handshake: ${CHANGED}`,
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': (where) =>
    `${where} refused the handshake: it requires a client certificate or another cipher suite`,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: oldVersion,
  ERR_SSL_UNSUPPORTED_PROTOCOL: oldVersion,
  ERR_TLS_HANDSHAKE_TIMEOUT: (where) =>
    `${where} did not finish the TLS handshake in time; it may not speak TLS on that port`,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
};

function unknownCa(where: string): string {
  return `the certificate of ${where} was issued by an unknown CA, so the server may be anybody`;
}

function certificateRequired(where: string): string {
  return `${where} requires a client certificate, and the client sent none`;
}

function oldVersion(where: string): string {
  return `${where} does not accept this version of TLS (LAB_TLS_MIN)`;
}

function noTls(where: string): string {
  return `${where} does not speak TLS on that port`;
}

const CHANGED = 'bytes were changed on the way';
const MAYBE_CHANGED = 'bytes may have been changed on the way';

/** Alerts about a message that is not as the client sent it (RFC 8446, 6.2). */
const alertsAboutBytes: readonly (string | undefined)[] = [
  'bad_record_mac',
  'decrypt_error',
  'decode_error',
  'illegal_parameter',
  'unexpected_message',
  'missing_extension',
];

/** A failure of TLS without an explanation of its own. */
function explainOtherTls(code: string, where: string): string | undefined {
  const alert = alertOf(code);
  if (alert === 'bad_record_mac') {
    return `${where} could not decrypt what this client sent (alert bad_record_mac): ${CHANGED}`;
  }
  if (alert === 'decrypt_error') {
    return `for ${where}, the signature of this client does not fit the messages of the handshake: ${CHANGED}`;
  }
  if (alert !== undefined) {
    const why = alertsAboutBytes.includes(alert) ? `; ${MAYBE_CHANGED}` : '';
    return `${where} ended TLS with the alert ${alert}${why}`;
  }
  if (isUndecryptable(code)) return `what ${where} sent could not be decrypted: ${CHANGED}`;
  const words = wordsOf(code);
  return words && `what ${where} sent breaks the rules of TLS (${words}); ${MAYBE_CHANGED}`;
}

/** A server that rejects a certificate ends the connection within this time, in ms. A fault of the server takes longer. */
export const AT_ONCE_MS = 1_000;

/** A server on Node.js rejects a certificate of another CA without an alert: it closes the connection. */
export const CERTIFICATE_HINT = 'it probably rejected the certificate of this client';

/** Whether a connection was open and the other side ended it. */
export function closedByPeer(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** An error of the system or of TLS; or an error of axios, with such an error as its cause. */
interface NetworkError {
  readonly code?: string;
  readonly message?: string;
  readonly cert?: { readonly subjectaltname?: string };
  readonly cause?: NetworkError;
}

/** Explains an alert or another failure of TLS on an open connection. Undefined when TLS is not the reason. */
export function explainTlsError(error: unknown): string | undefined {
  const code = codeOf((error ?? {}) as NetworkError);
  return code.startsWith('ERR_SSL_') ? explainNetworkError(error, 'the server') : undefined;
}

/** Whether TLS failed because of bytes that were changed on the way, so that another attempt makes sense. */
export function isDamaged(error: unknown): boolean {
  const code = codeOf((error ?? {}) as NetworkError);
  if (!code.startsWith('ERR_SSL_') || code in explanations) return code === BAD_SIGNATURE;
  const alert = alertOf(code);
  return alert === undefined || alertsAboutBytes.includes(alert);
}

/** One readable line for a failed request to `where`, such as `10.0.28.182:8080`. */
export function explainNetworkError(error: unknown, where: string): string {
  const failure = error as NetworkError;
  const code = codeOf(failure);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { subjectaltname = 'no name' } = failure.cert ?? failure.cause?.cert ?? {};
    return `the certificate of ${where} is for other names: ${subjectaltname}`;
  }
  return explanations[code]?.(where) ?? explainOtherTls(code, where) ?? failure.message ?? String(error);
}

/** The code of an error. When an alert makes a write fail, only the message has the alert, in OpenSSL's words. */
function codeOf({ code = '', message = '' }: NetworkError): string {
  const [, reason] = (code === 'EPROTO' && /:SSL routines:[^:]*:([^:]+):/.exec(message)) || [];
  return reason ? `ERR_SSL_${reason.replaceAll(' ', '_').toUpperCase()}` : code;
}
