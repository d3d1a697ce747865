import type { InferOutput, ObjectSchema } from 'valibot';
import { choice, flag, insidePath } from '#lib/runtime/config.ts';

/** The settings of a server for TLS. */
export function tlsSettings() {
  return {
    LAB_TLS_MIN: choice('oldest TLS version that the servers accept', ['1.3', '1.2']),
    LAB_MTLS: flag("1 requires client certificates from the lab's CA", false),
    LAB_TLS_KEYLOG: flag('1 writes the TLS keys of each connection to a file beside the captures', true),
    TLS_CERTIFICATES: insidePath('folder with ca.pem, certificate.pem and key.pem', '/certificates'),
    TLS_KEYS: insidePath('file for the TLS keys', '/captures/tls.keys'),
  };
}

export type TlsConfig = InferOutput<ObjectSchema<ReturnType<typeof tlsSettings>, undefined>>;
