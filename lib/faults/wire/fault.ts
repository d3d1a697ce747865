import type { Packet } from '#lib/packet/packet.ts';

/** What a person has set for the faults of one direction. Undefined: the fault is never drawn, or has its default. */
export interface WireOptions {
  /** How many packets of its flow a reordered packet lets pass. */
  readonly reorderBy: number;
  /** The largest IP packet in bytes, and what happens to a larger one. */
  readonly mtu: number | undefined;
  readonly oversize: 'icmp' | 'black-hole';
  readonly tamper: Tampering | undefined;
  readonly delay: Delay | undefined;
}

/** How long packets take on the way, in ms. */
export interface Delay {
  readonly ms: number;
  /** `uniform`: up to so much less or more. `normal`: the standard deviation. */
  readonly jitterMs: number;
  readonly shape: 'uniform' | 'normal';
}

/** What an attacker on the way does. */
export type Tampering =
  | { readonly how: 'replace'; readonly find: Buffer; readonly put: Buffer }
  | { readonly how: 'replay'; readonly afterMs: number }
  | { readonly how: 'rst' };

/** What the wire does with a packet. It takes the steps in order. No steps: the packet is lost. */
export type Step =
  | { readonly do: 'send'; readonly bytes: Buffer }
  /** Sends after a time, beside everything else that happens. */
  | { readonly do: 'send-later'; readonly bytes: Buffer; readonly milliseconds: number }
  /** Sends after this number of further packets of the same flow and direction, or after `PATIENCE_MS`. */
  | { readonly do: 'send-after'; readonly bytes: Buffer; readonly packets: number }
  /** Sends back to the host from which the packet came. */
  | { readonly do: 'send-back'; readonly bytes: Buffer };

/** How long a reordered packet waits for others to pass, in ms. */
export const PATIENCE_MS = 1_000;

/** What a fault decided for one packet, as in its journal entry. The steps follow from it and the packet. */
export type Detail = Readonly<Record<string, string | number>>;

/** What surrounds a draw. */
export interface Drawing {
  /** One number in [0, 1), always the same for this packet. */
  readonly random: () => number;
  readonly options: WireOptions;
  /** The address of the wire, for the ICMP errors that it sends. */
  readonly wireAddress: number;
}

/**
 * One way in which a wire goes wrong. `draw` decides; the rest is pure and follows from the packet and the decision.
 *
 * The program `wire` carries the steps out. The reader of a capture takes from the same fault what to expect of both
 * hosts' captures.
 *
 * A new fault is a file beside this one, and its test. `npm run generate` then adds it to all.ts.
 */
export interface WireFault<Name extends string = string> {
  readonly name: Name;
  /** What a script calls it, such as `drop`. */
  readonly verb: string;
  /** Whether a fault profile gives it a probability. If not, its options alone decide. */
  readonly isDrawn: boolean;
  /** What happens to the packet, in one line. */
  readonly summary: string;
  /** How to find it in Wireshark. */
  readonly inWireshark: string;
  /** What each field of the detail in the journal means. */
  readonly fields: Readonly<Record<string, string>>;
  /** @returns undefined when the packet can't have this fault; it is then forwarded as it is */
  draw(packet: Packet, drawing: Drawing): Detail | undefined;
  /** What the wire does. */
  steps(packet: Packet, detail: Detail, wireAddress: number): readonly Step[];
  /** What the fault did, in words that follow its name in comments and lists. Empty when the name is enough. */
  phrase(detail: Detail): string;
}
