import { type Step, type Target, up } from './steps.ts';
import { secrets } from './three-ways.ts';

const login = `${secrets.login.user}:${secrets.login.password}`;
/** The name in the server's certificate. */
const HOST = 'server-host';

/** Says the same three times: in plain text, over TLS without keys, and over TLS whose keys are kept. */
export function sayThreeWays(target: Target): Step[] {
  const { ports } = target;
  const overTls = [
    logIn(`https://${HOST}:${ports.https}/login`),
    say(String(ports.echoTls), '--tls', '--protocol', 'tcp'),
  ];
  return [
    up(target, { LAB_BASIC: login, LAB_TLS_KEYLOG: '0' }),
    logIn(`http://${HOST}:${ports.http}/login`),
    say(String(ports.echo), '--protocol', 'tcp'),
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

function say(port: string, ...options: string[]): Step {
  return ['client', 'client', 'echo', HOST, port, ...options, '--message', secrets.message];
}
