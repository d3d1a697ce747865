import { below, type EchoFault } from './fault.ts';

export const truncate = {
  name: 'truncate',
  protocols: ['tcp', 'udp'],
  summary: 'the answer breaks off; a line ending still follows',
  decide({ text, ending }, random) {
    const { length } = text;
    if (length < 2) return undefined;
    const kept = 1 + below(length - 1, random());
    return {
      steps: [{ do: 'send', bytes: Buffer.concat([text.subarray(0, kept), ending]) }],
      detail: { kept },
      said: [`Simulating truncation: ${kept} of ${length} bytes`],
    };
  },
} as const satisfies EchoFault;
