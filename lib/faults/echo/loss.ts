import type { EchoFault, FaultOptions } from './fault.ts';

/** The notices of the second seed document: 3.3.1 to a message with a tag, 3.2.2 B to a plain line. */
const NOTICE = Buffer.from('error_code');
const PLAIN_NOTICE = Buffer.from('Packet Loss');

type Detail = Pick<FaultOptions, 'loss'>;

export const loss = {
  name: 'loss',
  protocols: ['tcp', 'udp'],
  summary: 'a notice in place of the answer, or nothing at all (ECHO_LOSS)',
  inWireshark:
    'an answer of 10 bytes, `error_code`, or of 11, `Packet Loss`. Silent: no answer; on TCP an ACK without data, which shows that the message did arrive',
  fields: { loss: '`notice` or `silent`' },
  draw: (_message, _random, options) => ({ loss: options.loss }),
  steps: ({ tag }, detail: Detail) =>
    detail.loss === 'silent' ? [] : [{ do: 'send', bytes: tag === undefined ? PLAIN_NOTICE : NOTICE }],
  phrase: (detail: Detail) => (detail.loss === 'silent' ? 'no answer' : 'a notice in place of the answer'),
  said: () => ['Simulating packet loss'],
} as const satisfies EchoFault;
