import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { readConfig } from '#lib/runtime/config.ts';
import { tlsSettings } from './config.ts';

const schema = v.object(tlsSettings());

test('by default TLS 1.3 is required, a client certificate is not, and keys are logged', () => {
  expect(readConfig(schema, {})).toEqual({
    LAB_TLS_MIN: '1.3',
    LAB_MTLS: false,
    LAB_TLS_KEYLOG: true,
    TLS_CERTIFICATES: '/certificates',
    TLS_KEYS: '/captures/tls.keys',
  });
});

test('accepts no version that is not safe', () => {
  expect(readConfig(schema, { LAB_TLS_MIN: '1.2' }).LAB_TLS_MIN).toBe('1.2');
  expect(() => readConfig(schema, { LAB_TLS_MIN: '1.1' })).toThrow('LAB_TLS_MIN is "1.1"; allowed: 1.3, 1.2');
});
