import type { Message } from '#lib/message/message.ts';
import { below } from '#lib/runtime/random.ts';
import { byteString } from '#lib/text/byte-string.ts';
import { hexOf } from '#lib/text/hex-rows.ts';
import type { EchoFault } from './fault.ts';

type Detail = { readonly offset: number; readonly before: string; readonly after: string };

export const corruption = {
  name: 'corruption',
  protocols: ['tcp', 'udp'],
  summary: 'one byte of the body has all its bits flipped; tag and line ending are unchanged',
  inWireshark:
    'the echo differs from the message in one byte: at `offset` it has `after` instead of `before`',
  fields: {
    offset: 'index of the altered byte, from 0',
    before: 'its value in the message',
    after: 'its value in the echo',
  },
  draw({ bytes, bodyLength }, random) {
    if (bodyLength === 0) return undefined;
    const offset = below(bodyLength, random());
    const byte = bytes[offset]!;
    return { offset, before: `0x${hexOf(byte)}`, after: `0x${hexOf(byte ^ 0xff)}` };
  },
  steps: (message, detail: Detail) => [{ do: 'send', bytes: corrupted(message, detail) }],
  phrase: ({ offset, before, after }: Detail) => `byte ${offset}: ${before} to ${after}`,
  lines: (message, detail: Detail) => [
    'Simulating corruption',
    `Corrupted data: ${byteString(corrupted(message, detail).subarray(0, message.textLength))}`,
  ],
} as const satisfies EchoFault;

function corrupted({ bytes }: Message, { offset, after }: Detail): Buffer {
  const copy = Buffer.from(bytes);
  copy[offset] = Number(after);
  return copy;
}
