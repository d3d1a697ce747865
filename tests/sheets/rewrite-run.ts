import { hash } from 'node:crypto';
import { checksum, sum16 } from '../../lib/packet/checksum.ts';
import { addressNumber, PROTOCOL_NUMBERS, parsePacket } from '../../lib/packet/packet.ts';
import { below, Draws } from '../../lib/runtime/random.ts';

/*
 * Makes a run of one student that of another: what is by chance in it, and whose it is. Both captures and the journals
 * change alike, so the run fits together as before.
 */

/** What is by chance in a run. */
export const chances = ['numbers', 'randoms', 'ports', 'times'] as const;
export type Chance = (typeof chances)[number];

export interface Whose {
  /** Address of the client host in the run, and in the new one. */
  readonly from: string;
  readonly to: string;
  readonly seed: string;
  /** What is drawn anew, by this text. */
  readonly anew: readonly Chance[];
  readonly by: string;
}

/** The files of a run. */
export type Files = ReadonlyMap<string, Buffer>;

export function rewritten(files: Files, whose: Whose): Map<string, Buffer> {
  const rewriting = new Rewriting(whose);
  return new Map(
    Array.from(files, ([name, content]) => [
      name,
      name.endsWith('.pcap') ? rewriting.capture(content) : rewriting.journal(content),
    ]),
  );
}

/** Bytes of the head of a pcap, and of that of each frame (draft-ietf-opsawg-pcap). */
export const HEAD = 24;
export const FRAME_HEAD = 16;
const ETHERNET = 14;
/** Ephemeral ports of Linux. */
const [FIRST_PORT, PORTS] = [32_768, 28_232];

class Rewriting {
  readonly #whose: Whose;
  readonly #ports = new Map<string, number>();
  readonly #from: number;
  readonly #to: number;
  /** Seconds, because some records have whole seconds. */
  readonly #later: number;

  constructor(whose: Whose) {
    this.#whose = whose;
    this.#from = addressNumber(whose.from);
    this.#to = addressNumber(whose.to);
    this.#later = this.#is('times') ? below(20_000, this.#random('times')) : 0;
  }

  capture(content: Buffer): Buffer {
    const file = Buffer.from(content);
    for (const { at, length } of recordsIn(file)) {
      file.writeUInt32LE(file.readUInt32LE(at) + this.#later, at);
      this.#frame(file.subarray(at + FRAME_HEAD, at + FRAME_HEAD + length));
    }
    return file;
  }

  journal(content: Buffer): Buffer {
    const lines = content.toString().split('\n');
    return Buffer.from(lines.map((line) => (line === '' ? '' : this.#line(line))).join('\n'));
  }

  #line(line: string): string {
    const entry = JSON.parse(line);
    if (entry.timestamp) entry.timestamp = this.#time(entry.timestamp);
    if (entry.client_ip === this.#whose.from) entry.client_ip = this.#whose.to;
    if (entry.client_port) entry.client_port = this.#port(entry.protocol ?? 'tcp', entry.client_port);
    if (entry.addresses) entry.addresses.client = this.#whose.to;
    for (const server of entry.faults ?? []) server.seed = this.#whose.seed;
    return JSON.stringify(entry);
  }

  #time(text: string): string {
    const later = new Date(Date.parse(text) + this.#later * 1_000).toISOString();
    return text.includes('.') ? later : later.replace('.000', '');
  }

  #frame(frame: Buffer): void {
    const type = frame.readUInt16BE(12);
    if (type === 0x0806) for (const at of [28, 38]) this.#address(frame, at);
    if (type !== 0x0800) return;
    const ip = frame.subarray(ETHERNET);
    const packet = parsePacket(ip);
    if (!packet) return;
    const isFromClient = packet.source === this.#from;
    for (const at of [12, 16]) this.#address(ip, at);
    const { headerAt, payloadAt, sourcePort, destinationPort, tcp, protocol } = packet;
    if (protocol === 'tcp' || protocol === 'udp') {
      const port = isFromClient ? sourcePort : destinationPort;
      ip.writeUInt16BE(this.#port(protocol, port), headerAt + (isFromClient ? 0 : 2));
      if (tcp) this.#sequence(ip, headerAt, port, isFromClient, tcp.acknowledgment > 0);
      if (tcp && this.#is('randoms')) this.#hello(ip.subarray(payloadAt, packet.bytes.length));
      mendChecksum(ip.subarray(0, packet.bytes.length), headerAt);
    }
    ip.writeUInt16BE(0, 10);
    ip.writeUInt16BE(checksum(ip.subarray(0, headerAt)), 10);
  }

  #address(bytes: Buffer, at: number): void {
    if (bytes.readUInt32BE(at) === this.#from) bytes.writeUInt32BE(this.#to, at);
  }

  #sequence(ip: Buffer, at: number, port: number, isFromClient: boolean, hasAck: boolean): void {
    if (!this.#is('numbers')) return;
    const by = (side: string) => below(2 ** 32, this.#random(`numbers ${port} ${side}`));
    const [own, other] = isFromClient ? ['client', 'server'] : ['server', 'client'];
    ip.writeUInt32BE((ip.readUInt32BE(at + 4) + by(own!)) % 2 ** 32, at + 4);
    if (hasAck) ip.writeUInt32BE((ip.readUInt32BE(at + 8) + by(other!)) % 2 ** 32, at + 8);
  }

  /** The random of a ClientHello or ServerHello that begins a segment. */
  #hello(payload: Buffer): void {
    const isHello = payload.length > 43 && payload[0] === 0x16 && (payload[5] === 1 || payload[5] === 2);
    if (!isHello) return;
    const random = payload.subarray(11, 43);
    hash('sha256', `${this.#whose.by} ${random.toString('hex')}`, 'buffer').copy(random);
  }

  #port(protocol: string, port: number): number {
    if (!this.#is('ports')) return port;
    const name = `${protocol} ${port}`;
    const known = this.#ports.get(name) ?? FIRST_PORT + below(PORTS, this.#random(`port ${name}`));
    this.#ports.set(name, known);
    return known;
  }

  #is(chance: Chance): boolean {
    return this.#whose.anew.includes(chance);
  }

  #random(what: string): number {
    return new Draws(this.#whose.by, what).at(1);
  }
}

/** The checksum of TCP or UDP, which the network card would have calculated. */
function mendChecksum(ip: Buffer, at: number): void {
  const place = at + (ip[9] === PROTOCOL_NUMBERS.tcp ? 16 : 6);
  const pseudo = sum16(ip.subarray(12, 20), ip[9]! + ip.length - at);
  ip.writeUInt16BE(0, place);
  ip.writeUInt16BE(checksum(ip.subarray(at), pseudo), place);
}

/** Where the head of each record of a pcap is, and how many bytes of the frame follow it. */
export function* recordsIn(file: Buffer): Generator<{ readonly at: number; readonly length: number }> {
  for (let at = HEAD; at + FRAME_HEAD <= file.length; ) {
    const length = file.readUInt32LE(at + 8);
    yield { at, length };
    at += FRAME_HEAD + length;
  }
}
