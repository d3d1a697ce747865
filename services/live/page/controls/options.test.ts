import { expect, test } from '@jest/globals';
import { typedOf } from '../model/typed.ts';
import { givenOf } from './options.ts';

test('only what differs from the defaults is typed', () => {
  expect(givenOf('echo', { MSG: 'hello', PROTOCOL: 'tcp', COUNT: '1', TLS: '0' })).toEqual({ MSG: 'hello' });
  expect(givenOf('echo', { MSG: '', PROTOCOL: 'udp', COUNT: '3' })).toEqual({
    MSG: '',
    PROTOCOL: 'udp',
    COUNT: '3',
  });
  expect(givenOf('balance', { REQUESTS: '20', INTERVAL: '0.1', TLS: '1' })).toEqual({
    INTERVAL: '0.1',
    TLS: '1',
  });
  expect(givenOf('flow', { MB: '10', CC: '' })).toEqual({});
});

test('a transfer has a text or numbered segments, and always its mode', () => {
  const values = { MODE: 'selective-repeat', COUNT: '20', TEXT: '' };
  expect(givenOf('send', values)).toEqual({ MODE: 'selective-repeat', COUNT: '20' });
  expect(givenOf('send', { ...values, TEXT: 'Hey' })).toEqual({ MODE: 'selective-repeat', TEXT: 'Hey' });
});

test('a command is typed as a shell reads it', () => {
  expect(typedOf('echo', { MSG: "it's me", COUNT: '2' })).toBe("make echo MSG='it'\\''s me' COUNT=2");
});
