import { type Step, type Target, up } from './steps.ts';
import { secrets } from './three-ways.ts';

const login = `${secrets.login.user}:${secrets.login.password}`;
/** The name in the server's certificate. */
const HOST = 'server-host';

/** A login and a message in plain text, over TLS without a key log, and over TLS with one. */
export function exchangeThreeWays(target: Target): Step[] {
  const { ports } = target;
  const overTls = [
    logIn(`https://${HOST}:${ports.https}/login`),
    send(String(ports.echoTls), '--tls', '--protocol', 'tcp'),
  ];
  return [
    up(target, { LAB_BASIC: login, LAB_TLS_KEYLOG: '0' }),
    logIn(`http://${HOST}:${ports.http}/login`),
    send(String(ports.echo), '--protocol', 'tcp'),
    ...overTls,
    up(target, { LAB_BASIC: login }),
    ...overTls,
  ];
}

function logIn(url: string): Step {
  const options = [
    '--silent',
    '--user',
    login,
    '--header',
    `Host: ${HOST}`,
    '--cacert',
    '/certificates/ca.pem',
  ];
  return ['client', 'curl', ...options, url];
}

function send(port: string, ...options: string[]): Step {
  return ['client', 'client', 'echo', HOST, port, ...options, '--message', secrets.message];
}
