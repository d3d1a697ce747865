import { byteString } from '../byte-string.ts';
import { below, type EchoFault } from './fault.ts';

export const corruption = {
  name: 'corruption',
  protocols: ['tcp', 'udp'],
  summary: 'one byte of the body has all its bits flipped; tag and line ending are right',
  decide({ bytes, bodyLength, textLength }, random) {
    if (bodyLength === 0) return undefined;
    const offset = below(bodyLength, random());
    const corrupted = Buffer.from(bytes);
    corrupted[offset]! ^= 0xff;
    return {
      steps: [{ do: 'send', bytes: corrupted }],
      detail: { offset, before: hex(bytes[offset]!), after: hex(corrupted[offset]!) },
      said: ['Simulating corruption', `Corrupted data: ${byteString(corrupted.subarray(0, textLength))}`],
    };
  },
} as const satisfies EchoFault;

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
