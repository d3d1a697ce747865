import { below } from '#lib/runtime/random.ts';
import type { EchoFault } from './fault.ts';

type Detail = { readonly kept: number };

export const truncate = {
  name: 'truncate',
  protocols: ['tcp', 'udp'],
  summary: 'the end of the body is cut off; a line ending still follows',
  inWireshark: 'an echo shorter than its message',
  fields: { kept: 'bytes of the message that are sent, without the line ending' },
  draw({ textLength }, random) {
    return textLength < 2 ? undefined : { kept: 1 + below(textLength - 1, random()) };
  },
  steps: ({ text, ending }, { kept }: Detail) => [
    { do: 'send', bytes: Buffer.concat([text.subarray(0, kept), ending]) },
  ],
  phrase: ({ kept }: Detail) => `${kept} bytes kept`,
  lines: ({ textLength }, { kept }: Detail) => [`Simulating truncation: ${kept} of ${textLength} bytes`],
} as const satisfies EchoFault;
