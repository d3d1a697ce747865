import type { EchoFault, FaultOptions } from './fault.ts';

/** The notices of the reference server: one for a message with a tag, one for a plain line. */
const NOTICE = Buffer.from('error_code');
const PLAIN_NOTICE = Buffer.from('Packet Loss');

type Detail = Pick<FaultOptions, 'loss'>;

export const loss = {
  name: 'loss',
  protocols: ['tcp', 'udp'],
  summary: 'a notice is sent in place of the echo, or nothing at all (ECHO_LOSS)',
  inWireshark:
    'a notice in place of the echo: `error_code` (10 bytes) or `Packet Loss` (11 bytes). Silent: no echo; on TCP an ACK without data shows that the message arrived',
  fields: { loss: '`notice` or `silent`' },
  draw: (_message, _random, options) => ({ loss: options.loss }),
  steps: ({ tag }, detail: Detail) =>
    detail.loss === 'silent' ? [] : [{ do: 'send', bytes: tag === undefined ? PLAIN_NOTICE : NOTICE }],
  phrase: (detail: Detail) => (detail.loss === 'silent' ? 'no echo' : 'a notice in place of the echo'),
  lines: () => ['Simulating packet loss'],
} as const satisfies EchoFault;
