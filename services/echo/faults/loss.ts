import type { EchoFault } from './fault.ts';

/** The notices of the second seed document: 3.3.1 to a message with a tag, 3.2.2 B to a plain line. */
const NOTICE = Buffer.from('error_code');
const PLAIN_NOTICE = Buffer.from('Packet Loss');

export const loss = {
  name: 'loss',
  protocols: ['tcp', 'udp'],
  summary: 'a notice in place of the answer, or nothing at all (ECHO_LOSS)',
  decide({ tag }, _random, options) {
    const notice = tag === undefined ? PLAIN_NOTICE : NOTICE;
    return {
      steps: options.loss === 'silent' ? [] : [{ do: 'send', bytes: notice }],
      detail: { loss: options.loss },
      said: ['Simulating packet loss'],
    };
  },
} as const satisfies EchoFault;
