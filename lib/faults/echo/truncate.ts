import { below, type EchoFault } from './fault.ts';

type Detail = { readonly kept: number };

export const truncate = {
  name: 'truncate',
  protocols: ['tcp', 'udp'],
  summary: 'the answer breaks off; a line ending still follows',
  inWireshark: 'an answer shorter than its message',
  fields: { kept: 'how many bytes, line ending left out' },
  draw({ textLength }, random) {
    return textLength < 2 ? undefined : { kept: 1 + below(textLength - 1, random()) };
  },
  steps: ({ text, ending }, { kept }: Detail) => [
    { do: 'send', bytes: Buffer.concat([text.subarray(0, kept), ending]) },
  ],
  phrase: ({ kept }: Detail) => `${kept} bytes kept`,
  said: ({ textLength }, { kept }: Detail) => [`Simulating truncation: ${kept} of ${textLength} bytes`],
} as const satisfies EchoFault;
