import { createHmac, hash } from 'node:crypto';
import type { Protocol } from './journal-entries.ts';

/**
 * How the clients of a suite talk to the servers: in plain text, in plain text with LAB_TOKEN, or over TLS. UDP has no
 * TLS and stays in plain text.
 */
export const ways = ['plain', 'token', 'tls'] as const;
export type Way = (typeof ways)[number];

/** The way in a variable of the environment. */
export function wayCalled(name = 'plain'): Way {
  const way = ways.find((one) => one === name);
  if (!way) throw new Error(`LAB_WAY is "${name}"; allowed: ${ways.join(', ')}`);
  return way;
}

/** The settings of a lab for a way. */
export const settingsOf: Readonly<Record<Way, Readonly<Record<string, string>>>> = {
  plain: {},
  token: { LAB_TOKEN: 'known-to-both-sides' },
  tls: {},
};

/** The setting with the port of a server in a way. */
export function portSetting(way: Way, server: 'http' | 'echo', protocol: Protocol = 'tcp'): string {
  const overTls = way === 'tls' && protocol === 'tcp';
  if (server === 'http') return overTls ? 'HTTPS_PORT' : 'HTTP_PORT';
  return overTls ? 'ECHO_TLS_PORT' : 'ECHO_PORT';
}

/** Options of tshark for the ports of a lab, and for the TLS keys when they are needed. */
export function decoding(
  way: Way,
  settings: Readonly<Record<string, string>>,
  { echo = 'data', keys = '/captures/tls.keys' } = {},
): string[] {
  const { HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT } = settings;
  const plain = [
    `tcp.port==${HTTP_PORT},http`,
    ...[`tcp.port==${ECHO_PORT},${echo}`, `udp.port==${ECHO_PORT},${echo}`],
  ];
  const encrypted = [
    ...[`tcp.port==${HTTPS_PORT},tls`, `tls.port==${HTTPS_PORT},http`],
    ...[`tcp.port==${ECHO_TLS_PORT},tls`, `tls.port==${ECHO_TLS_PORT},${echo}`],
  ];
  const as = (rules: readonly string[]) => rules.flatMap((rule) => ['-d', rule]);
  return way === 'tls' ? ['-o', `tls.keylog_file:${keys}`, ...as([...plain, ...encrypted])] : as(plain);
}

/**
 * The tag of a message, after its bar: its checksum, or with a token its HMAC. It does not use the code of the lab, so
 * the suites check that code independently.
 */
export function tagOf(body: string, token: string | undefined): string {
  if (!token) return hash('sha1', body).slice(0, 8);
  return `hmac-sha256:${createHmac('sha256', token).update(body).digest('hex')}`;
}
