import { expect, test } from '@jest/globals';
import type { Asked } from '#lib/live/remote.ts';
import { commandLine } from './command-line.ts';

const servers = {
  address: '10.0.28.182',
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443, flow: 5201 },
};

const of = (command: Asked['command'], options: Asked['options']) =>
  commandLine({ command, options }, servers).args.join(' ');

test.each([
  ['balance', {}, 'balance 10.0.28.182 8080'],
  ['balance', { TLS: '0' }, 'balance 10.0.28.182 8080'],
  ['balance', { TLS: '1', INSECURE: '1' }, 'balance 10.0.28.182 8443 --tls --insecure'],
  ['balance', { REQUESTS: '5', TLS: '1.2' }, 'balance 10.0.28.182 8443 --tls 1.2 --requests 5'],
  ['echo', { MSG: 'hello' }, 'echo 10.0.28.182 9090 --protocol tcp --message hello'],
  ['echo', { MSG: 'x', PROTOCOL: 'udp' }, 'echo 10.0.28.182 9090 --message x --protocol udp'],
  ['echo', { MSG: 'x', TLS: '1', PROTOCOL: 'tcp' }, 'echo 10.0.28.182 9443 --tls --message x --protocol tcp'],
  [
    'echo',
    { MSG: 'x', BACKOFF: '1', REFERENCE: '0' },
    'echo 10.0.28.182 9090 --protocol tcp --message x --backoff',
  ],
  ['send', { COUNT: '3' }, 'send 10.0.28.182 9090 --protocol-mode selective-repeat --count 3'],
  ['send', { TEXT: 'x', MODE: 'go-back-n' }, 'send 10.0.28.182 9090 --protocol-mode go-back-n --text x'],
  ['flow', { MB: '2' }, 'flow 10.0.28.182 5201 --megabytes 2'],
  ['flow', { REVERSE: '1', CC: 'reno' }, 'flow 10.0.28.182 5201 --samples --reverse --congestion reno'],
  ['flow', { REVERSE: '0' }, 'flow 10.0.28.182 5201'],
] as const)('%s %j', (command, options, line) => {
  expect(of(command, options)).toBe(line);
});

test('a text is one argument, whatever it has', () => {
  const MSG = '--json $(id) "a\' \n';
  const { args } = commandLine({ command: 'echo', options: { MSG } }, servers);
  expect(args.at(-1)).toBe(MSG);
});
