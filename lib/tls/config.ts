import type { InferOutput, ObjectSchema } from 'valibot';
import { choice, flag, insidePath } from '#lib/runtime/config.ts';

/** What a server is told of TLS. */
export function tlsSettings() {
  return {
    LAB_TLS_MIN: choice('oldest TLS version that is taken', ['1.3', '1.2']),
    LAB_MTLS: flag("1 wants client certificates of the lab's CA", false),
    LAB_TLS_KEYLOG: flag('1 writes the keys of each connection beside the captures', true),
    TLS_CERTIFICATES: insidePath('folder with ca.pem, certificate.pem and key.pem', '/certificates'),
    TLS_KEYS: insidePath('file of the key log', '/captures/tls.keys'),
  };
}

export type TlsConfig = InferOutput<ObjectSchema<ReturnType<typeof tlsSettings>, undefined>>;
