import { type Packet, TCP_FLAGS } from '#lib/packet/packet.ts';

/** What a packet is to TCP. `data` is any packet with a payload, also of UDP. */
export const classes = ['data', 'ack', 'syn', 'syn-ack', 'fin', 'rst'] as const;
export type PacketClass = (typeof classes)[number];

const transports = ['tcp', 'udp', 'icmp'] as const;

/** Which packets are meant, in the words of a filter or a script. What is undefined leaves them all in. */
export interface Selection {
  readonly protocol?: (typeof transports)[number];
  /** The port of either side. */
  readonly port?: number;
  /** The number of the flow among those of its protocol and port, from 1. */
  readonly flow?: number;
  readonly class?: PacketClass;
}

export const everything: Selection = {};

/** The words that `readSelection` takes. */
export const SELECTION_WORDS = `${transports.join(', ')}, port N, flow N, ${classes.join(', ')}`;

const ONE_OF_EACH = `one of ${transports.join(', ')}; one port; one flow; one of ${classes.join(', ')}`;

const LARGEST = { port: 65_535, flow: 99_999 } as const;

/**
 * Reads words such as `tcp port 9090 data` from the front of a list, and removes them from it.
 *
 * @returns the selection, and a problem in words when a number is missing or a word is one too many
 */
export function readSelection(words: string[]): { readonly selection: Selection; readonly problem?: string } {
  let selection = everything;
  for (;;) {
    const [word = ''] = words;
    const part = plainPart(word) ?? numberedPart(word, words[1]);
    if (part === undefined) return { selection };
    if ('allowed' in part) {
      return { selection, problem: `"${word} ${words[1] ?? ''}"; allowed after ${word}: ${part.allowed}` };
    }
    if (Object.keys(part).some((key) => key in selection)) {
      return { selection, problem: `"${word}" is one too many; allowed: ${ONE_OF_EACH}` };
    }
    words.splice(0, word === 'port' || word === 'flow' ? 2 : 1);
    selection = { ...selection, ...part };
  }
}

function plainPart(word: string): Selection | undefined {
  const protocol = transports.find((one) => one === word);
  if (protocol) return { protocol };
  const named = classes.find((one) => one === word);
  return named && { class: named };
}

function numberedPart(word: string, value = ''): Selection | { readonly allowed: string } | undefined {
  if (word !== 'port' && word !== 'flow') return undefined;
  const most = LARGEST[word];
  return /^[1-9]\d{0,4}$/.test(value) && Number(value) <= most
    ? { [word]: Number(value) }
    : { allowed: `a whole number from 1 to ${most}` };
}

export function formatSelection({ protocol, port, flow, class: named }: Selection): string {
  const words = [protocol, port && `port ${port}`, flow && `flow ${flow}`, named];
  return words.filter((word) => word).join(' ');
}

/** @param flow the number of the packet's flow among those of its protocol and port */
export function selects(selection: Selection, packet: Packet, flow: number): boolean {
  const { protocol, port, flow: wanted, class: named } = selection;
  return (
    (protocol === undefined || packet.protocol === protocol) &&
    (port === undefined || packet.sourcePort === port || packet.destinationPort === port) &&
    (wanted === undefined || wanted === flow) &&
    (named === undefined || isOfClass(packet, named))
  );
}

function isOfClass({ tcp, payloadAt, bytes, protocol }: Packet, named: PacketClass): boolean {
  if (named === 'data') return payloadAt < bytes.length && protocol !== 'icmp';
  if (!tcp) return false;
  const isSyn = (tcp.flags & TCP_FLAGS.syn) !== 0;
  const isAck = (tcp.flags & TCP_FLAGS.ack) !== 0;
  switch (named) {
    case 'syn':
      return isSyn && !isAck;
    case 'syn-ack':
      return isSyn && isAck;
    case 'fin':
      return (tcp.flags & TCP_FLAGS.fin) !== 0;
    case 'rst':
      return (tcp.flags & TCP_FLAGS.rst) !== 0;
    case 'ack':
      return isBareAck(tcp.flags) && payloadAt === bytes.length;
  }
}

/** An ACK that carries nothing else. */
function isBareAck(flags: number): boolean {
  return (flags & (TCP_FLAGS.ack | TCP_FLAGS.syn | TCP_FLAGS.fin | TCP_FLAGS.rst)) === TCP_FLAGS.ack;
}
