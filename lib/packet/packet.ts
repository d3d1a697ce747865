/** The protocols that the wire knows. Anything else is `other`. */
export const protocols = ['tcp', 'udp', 'icmp', 'other'] as const;
export type Protocol = (typeof protocols)[number];

/** Bits of the flags of a TCP header (RFC 9293, 3.1). */
export const TCP_FLAGS = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const;

/** Protocol numbers of an IPv4 header. */
export const PROTOCOL_NUMBERS = { icmp: 1, tcp: 6, udp: 17 } as const;

/** The part of a TCP header that the wire reads. Numbers are those of the header, not relative ones. */
export interface TcpHeader {
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
}

/**
 * An IPv4 packet (RFC 791). `bytes` begins with the IP header and has no bytes after the packet.
 *
 * A packet is read without trust: where a header is cut or contradicts itself, the packet counts as one of the protocol
 * `other`, without ports.
 */
export interface Packet {
  readonly bytes: Buffer;
  readonly protocol: Protocol;
  /** Addresses as numbers of 32 bits. `addressText` writes them. */
  readonly source: number;
  readonly destination: number;
  /** 0 for protocols without ports, and for fragments after the first. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** The identification of the IP header, with which fragments are put together. */
  readonly id: number;
  /** Whether it is a fragment after the first: it has no header of TCP, UDP or ICMP. */
  readonly isLaterFragment: boolean;
  readonly mayFragment: boolean;
  /** Where the header of TCP, UDP or ICMP begins; without one, where the content of the IP packet begins. */
  readonly headerAt: number;
  /** Where the payload begins: what TCP, UDP or ICMP carries. */
  readonly payloadAt: number;
  readonly tcp: TcpHeader | undefined;
  /** The type of an ICMP message and, for an echo, its identifier and sequence number (RFC 792). */
  readonly icmp: IcmpHeader | undefined;
}

export interface IcmpHeader {
  readonly type: number;
  readonly code: number;
  readonly identifier: number;
  readonly sequence: number;
}

type Transport = Pick<Packet, 'protocol' | 'sourcePort' | 'destinationPort' | 'payloadAt' | 'tcp' | 'icmp'>;

const IPV4_HEADER = 20;
const TCP_HEADER = 20;
const SHORT_HEADER = 8;

/** Undefined when the bytes are no IPv4 packet, or fewer than its header says. */
export function parsePacket(bytes: Buffer): Packet | undefined {
  if (bytes.length < IPV4_HEADER || bytes[0]! >> 4 !== 4) return undefined;
  const headerAt = (bytes[0]! & 15) * 4;
  const total = bytes.readUInt16BE(2);
  if (headerAt < IPV4_HEADER || total < headerAt || total > bytes.length) return undefined;
  const place = bytes.readUInt16BE(6);
  const isLaterFragment = (place & 0x1fff) !== 0;
  const packet = total === bytes.length ? bytes : bytes.subarray(0, total);
  return {
    bytes: packet,
    source: bytes.readUInt32BE(12),
    destination: bytes.readUInt32BE(16),
    id: bytes.readUInt16BE(4),
    isLaterFragment,
    mayFragment: (place & 0x4000) === 0,
    headerAt,
    ...transport(packet, headerAt, isLaterFragment),
  };
}

function transport(bytes: Buffer, at: number, isLaterFragment: boolean): Transport {
  const room = bytes.length - at;
  const number = bytes[9]!;
  if (isLaterFragment) return without(protocolOf(number), at);
  if (number === PROTOCOL_NUMBERS.tcp && room >= TCP_HEADER) return tcp(bytes, at, room);
  if (number === PROTOCOL_NUMBERS.udp && room >= SHORT_HEADER) return udp(bytes, at, room);
  if (number === PROTOCOL_NUMBERS.icmp && room >= SHORT_HEADER) return icmp(bytes, at);
  return without('other', at);
}

function protocolOf(number: number): Protocol {
  if (number === PROTOCOL_NUMBERS.tcp) return 'tcp';
  if (number === PROTOCOL_NUMBERS.udp) return 'udp';
  return number === PROTOCOL_NUMBERS.icmp ? 'icmp' : 'other';
}

function without(protocol: Protocol, payloadAt: number): Transport {
  return { protocol, sourcePort: 0, destinationPort: 0, payloadAt, tcp: undefined, icmp: undefined };
}

function tcp(bytes: Buffer, at: number, room: number): Transport {
  const length = (bytes[at + 12]! >> 4) * 4;
  if (length < TCP_HEADER || length > room) return without('other', at);
  return {
    protocol: 'tcp',
    sourcePort: bytes.readUInt16BE(at),
    destinationPort: bytes.readUInt16BE(at + 2),
    payloadAt: at + length,
    tcp: {
      sequence: bytes.readUInt32BE(at + 4),
      acknowledgment: bytes.readUInt32BE(at + 8),
      flags: bytes[at + 13]!,
    },
    icmp: undefined,
  };
}

function udp(bytes: Buffer, at: number, room: number): Transport {
  const length = bytes.readUInt16BE(at + 4);
  // The first fragment has the length of the whole datagram.
  const moreFollow = (bytes[6]! & 0x20) !== 0;
  if (length < SHORT_HEADER || (length > room && !moreFollow)) return without('other', at);
  return {
    protocol: 'udp',
    sourcePort: bytes.readUInt16BE(at),
    destinationPort: bytes.readUInt16BE(at + 2),
    payloadAt: at + SHORT_HEADER,
    tcp: undefined,
    icmp: undefined,
  };
}

const ECHO_TYPES = [0, 8];

function icmp(bytes: Buffer, at: number): Transport {
  const type = bytes[at]!;
  const isEcho = ECHO_TYPES.includes(type);
  return {
    ...without('icmp', at + SHORT_HEADER),
    icmp: {
      type,
      code: bytes[at + 1]!,
      identifier: isEcho ? bytes.readUInt16BE(at + 4) : 0,
      sequence: isEcho ? bytes.readUInt16BE(at + 6) : 0,
    },
  };
}

/** What TCP, UDP or ICMP carries. */
export function payloadOf({ bytes, payloadAt }: Packet): Buffer {
  return bytes.subarray(payloadAt);
}

/** An address as text, `10.0.28.182`. */
export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** An address as a number. The caller knows that the text is an IPv4 address. */
export function addressNumber(text: string): number {
  return text.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}
