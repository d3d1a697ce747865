import type { RawFrame } from '../../feed/feed.ts';

/*
 * A pcapng file that is written piece by piece (draft-ietf-opsawg-pcapng, 4): frames of any link type, and markers. A
 * marker is an empty frame of interface 0, which no real frame has. So a program that reads the file as it grows can say
 * how far it is.
 */

const SECTION = 0x0a0d0d0a;
const MAGIC = 0x1a2b3c4d;
const INTERFACE = 1;
const PACKET = 6;
const ETHERNET = 1;

/** A display filter that holds for markers alone. */
export const IS_MARKER = 'frame.interface_id == 0';
/** A frame of Ethernet with the type for local experiments (IEEE 802, 9.2.3). */
const MARKER = Buffer.from('00000000000000000000000088b5', 'hex');

/** Writes one file. */
export class FramesFile {
  readonly #interfaces = new Map<number, number>();

  /** What the file begins with. */
  head(): Buffer {
    return Buffer.concat([section(), newInterface(ETHERNET)]);
  }

  frame({ bytes, length, linkType, time }: RawFrame): Buffer {
    const known = this.#interfaces.get(linkType);
    const id = known ?? this.#interfaces.size + 1;
    this.#interfaces.set(linkType, id);
    const packet = packetBlock(id, bytes, length, time);
    return known === undefined ? Buffer.concat([newInterface(linkType), packet]) : packet;
  }

  /** @param time that of the frame before it, so that tshark sees no time go back */
  marker(time: number): Buffer {
    return packetBlock(0, MARKER, MARKER.length, time);
  }
}

function section(): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(MAGIC);
  body.writeUInt16LE(1, 4);
  // The length of the section is not known.
  body.fill(0xff, 8);
  return block(SECTION, body);
}

function newInterface(linkType: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(linkType);
  return block(INTERFACE, body);
}

/** Times are in microseconds. */
function packetBlock(id: number, bytes: Buffer, length: number, time: number): Buffer {
  const head = Buffer.alloc(20);
  const microseconds = BigInt(Math.round(time * 1_000_000));
  head.writeUInt32LE(id);
  head.writeUInt32LE(Number(microseconds >> 32n), 4);
  head.writeUInt32LE(Number(microseconds & 0xffffffffn), 8);
  head.writeUInt32LE(bytes.length, 12);
  head.writeUInt32LE(length, 16);
  return block(PACKET, head, bytes, Buffer.alloc(-bytes.length & 3));
}

/** The length of a block is before and after its body. */
function block(type: number, ...body: readonly Buffer[]): Buffer {
  const length = body.reduce((sum, part) => sum + part.length, 12);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type);
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, ...body, head.subarray(4)]);
}
