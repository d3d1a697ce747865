import type { LivePacket } from '../../contract.ts';
import { beginning } from './readable.ts';

/** What a packet is at a glance. Each kind has a shape of its own on the stage. */
export const kinds = [
  'syn',
  'fin',
  'reset',
  'ack',
  'data',
  'request',
  'answer',
  'datagram',
  'tls',
  'icmp',
  'other',
] as const;
export type Kind = (typeof kinds)[number];

/** A packet in a few words. */
export interface Gist {
  readonly kind: Kind;
  /** What fits into its shape: `SYN`, `GET`, `403`. */
  readonly label: string;
  /** Its line in the ladder: `GET /getbalance`, `SYN, ACK`. */
  readonly title: string;
  /** Whether an answer reports an error. */
  readonly isError: boolean;
}

/** Letters that fit into a shape. */
const SHORT = 9;
/** Letters of a line; the whole of it is in the panel of the packet. */
const LONG = 240;

type Described = Omit<Gist, 'isError'> & { readonly isError?: boolean };
type Reading = (packet: LivePacket) => Described | undefined;

const readings: readonly Reading[] = [readIcmp, readLab, readHttp, readTls, readTcp, readUdp];

export function gistOf(packet: LivePacket): Gist {
  for (const read of readings) {
    const found = read(packet);
    if (found)
      return {
        isError: false,
        ...found,
        label: beginning(found.label, SHORT),
        title: beginning(found.title, LONG),
      };
  }
  const { protocol, info } = packet;
  return { kind: 'other', label: beginning(protocol, SHORT), title: beginning(info, LONG), isError: false };
}

function readIcmp({ transport, info }: LivePacket): Described | undefined {
  if (transport !== 'icmp') return undefined;
  const [, way] = /^Echo \(ping\) (request|reply)/.exec(info) ?? [];
  const sequence = /seq=(\d+)/.exec(info)?.[1];
  const number = sequence === undefined ? '' : ` ${sequence}`;
  const label = way === undefined ? 'ICMP' : way === 'request' ? `ping${number}` : `pong${number}`;
  return { kind: 'icmp', label, title: info.replace(/\s+id=.*/, number === '' ? '' : `,${number}`) };
}

/** Messages and transfers, as the lab's dissector describes them. */
function readLab({ protocol, info, transport }: LivePacket): Described | undefined {
  if (protocol !== 'wirelab') return undefined;
  const [, what, rest = ''] = /^(request|answer|notice)\b ?(.*)$/su.exec(info) ?? [];
  if (what === 'notice') return { kind: 'answer', label: 'notice', title: rest, isError: true };
  if (what !== undefined) {
    const label = rest.replace(/ (?:tag=|hmac-sha256=|\[).*$/su, '');
    const isError = rest.includes('[bad checksum]');
    return { kind: what === 'request' ? 'request' : 'answer', label: label || '""', title: rest, isError };
  }
  const kind = /\b(?:OPEN|DATA|CLOSE|ACK|ABORT)\b/.exec(info)?.[0];
  const number = /\b(?:seq|ack)=(\d+)/.exec(info)?.[1] ?? '';
  const label = kind === undefined ? protocol : `${kind} ${number}`.trim();
  return { kind: transport === 'udp' ? 'datagram' : 'data', label, title: info.replace(/ id=\S+/, '') };
}

function readHttp({ info }: LivePacket): Described | undefined {
  const [, status] = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(info) ?? [];
  if (status !== undefined) {
    const title = info.replace(/^HTTP\/\S+ /, '').trim();
    return { kind: 'answer', label: status, title, isError: Number(status) >= 400 };
  }
  const [, method, path = ''] = /^([A-Z]{3,9}) (\S+) HTTP\/\d/.exec(info) ?? [];
  return method === undefined ? undefined : { kind: 'request', label: method, title: `${method} ${path}` };
}

/** A handshake message gives a record its label, in this order. */
const HANDSHAKE = ['Client Hello', 'Server Hello', 'Certificate', 'Finished', 'Alert'] as const;

function readTls({ protocol, info }: LivePacket): Described | undefined {
  if (!/^(?:TLS|SSL)/.test(protocol)) return undefined;
  const message = HANDSHAKE.find((one) => info.includes(one));
  return { kind: 'tls', label: message?.replace(' Hello', ' hi') ?? 'TLS', title: info };
}

function readTcp({ transport, tcp, payload, info }: LivePacket): Described | undefined {
  if (transport !== 'tcp') return undefined;
  const flags = tcp?.flags ?? '';
  if (flags.includes('RST')) return { kind: 'reset', label: 'RST', title: flags };
  if (flags.includes('SYN')) {
    return { kind: 'syn', label: flags.includes('ACK') ? 'SYN ACK' : 'SYN', title: flags };
  }
  if (flags.includes('FIN')) return { kind: 'fin', label: 'FIN', title: flags };
  if (payload > 0) {
    const text = /^\[|^\d+ → \d+/.test(info) ? flags : info;
    return { kind: 'data', label: bytes(payload), title: text || flags };
  }
  return { kind: 'ack', label: 'ACK', title: flags || 'ACK' };
}

function readUdp({ transport, payload, protocol, info }: LivePacket): Described | undefined {
  if (transport !== 'udp') return undefined;
  const isPlain = protocol === 'UDP';
  return {
    kind: 'datagram',
    label: isPlain ? bytes(payload) : protocol,
    title: isPlain ? 'UDP' : info,
  };
}

function bytes(count: number): string {
  return count < 10_000 ? `${count} B` : `${Math.round(count / 1000)} kB`;
}
