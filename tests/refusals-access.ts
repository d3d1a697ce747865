import type { Lab } from './lab.ts';
import { commandsOf, type Refusal } from './refusals.ts';

/** Clients without the right token or login. */
export function unauthorized(lab: Lab, way: 'plain' | 'tls'): Refusal[] {
  const { balance, echo, curl, plainBalance, plainEcho, send } = commandsOf(lab);
  const isPlain = way === 'plain';
  const name = isPlain ? 'plain' : 'TLS';
  const tls = isPlain ? {} : { tls: 'TLSv1.3' };
  const ask = isPlain ? plainBalance() : balance('--tls');
  const scheme = curl(
    "--cacert /certificates/ca.pem --write-out ' %{http_code}' --header 'Authorization: Digest a=b'",
  );
  const http = (
    [
      ['no token', `LAB_TOKEN= LAB_BASIC= ${ask}`, 'no credentials'],
      ['wrong token', `LAB_TOKEN=wrong ${ask}`, 'wrong token'],
      ['wrong password', `LAB_TOKEN= LAB_BASIC=planted-user:wrong ${ask}`, 'wrong name or password'],
      ...(isPlain ? [] : [['unknown scheme', scheme, 'unknown scheme'] as const]),
    ] as const
  ).map(([what, line, reason]): Refusal => {
    const wire = { status: '401' };
    return {
      what: `${what}, ${name}`,
      server: 'http',
      line,
      prints: '401',
      entry: { outcome: '401', reason, ...tls },
      wire,
    };
  });
  const problems = [
    ['no HMAC', 'LAB_TOKEN=', 'no HMAC, and this server wants one (LAB_TOKEN)'],
    ['wrong HMAC', 'LAB_TOKEN=wrong', 'wrong HMAC'],
  ] as const;
  const ways = isPlain
    ? ([
        ['tcp', plainEcho('--protocol tcp')],
        ['udp', plainEcho('--protocol udp')],
      ] as const)
    : ([['tcp', echo('--tls')]] as const);
  const messages = problems.flatMap(([reason, token, told]) =>
    ways.map(([protocol, line]): Refusal => {
      const entry = { fault: 'refused', protocol, length: 3, reason, ...tls };
      const text = `refused: ${told}\n`;
      const what = `${reason}, ${name} ${protocol}`;
      return {
        what,
        server: 'echo',
        line: `${token} ${line}`,
        prints: `Refused by server: ${told}`,
        entry,
        wire: { text },
      };
    }),
  );
  const transfers = problems.map(
    ([reason, token, told]): Refusal => ({
      what: `${reason}, transfer`,
      server: 'echo',
      line: `${token} ${send()}`,
      prints: told,
      entry: { event: 'transfer', state: 'refused', reason },
      wire: { text: told },
    }),
  );
  return [...http, ...messages, ...(isPlain ? transfers : [])];
}
