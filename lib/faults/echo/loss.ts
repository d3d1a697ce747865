import type { EchoFault, FaultOptions } from './fault.ts';

/** The notices of the second seed document: 3.3.1 to a message with a tag, 3.2.2 B to a plain line. */
const NOTICE = Buffer.from('error_code');
const PLAIN_NOTICE = Buffer.from('Packet Loss');

type Detail = Pick<FaultOptions, 'loss'>;

export const loss = {
  name: 'loss',
  protocols: ['tcp', 'udp'],
  summary: 'a notice in place of the answer, or nothing at all (ECHO_LOSS)',
  draw: (_message, _random, options) => ({ loss: options.loss }),
  steps: ({ tag }, detail: Detail) =>
    detail.loss === 'silent' ? [] : [{ do: 'send', bytes: tag === undefined ? PLAIN_NOTICE : NOTICE }],
  phrase: (detail: Detail) => (detail.loss === 'silent' ? 'no answer' : 'a notice in place of the answer'),
  said: () => ['Simulating packet loss'],
} as const satisfies EchoFault;
