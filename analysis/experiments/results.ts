/** The results of a demo; empty for any other run. */
export interface Demo {
  readonly experiments: readonly Experiment[];
  /** The same exchanges in plain text, over TLS, and over TLS with keys. */
  readonly threeWays: readonly ThreeWays[];
  /** Titles of those that need a wire, in a demo without one. */
  readonly notMade?: readonly string[] | undefined;
}

/** An experiment of the demo. */
export interface Experiment {
  readonly title: string;
  readonly expected: string;
  readonly seen: string;
  readonly agrees: boolean;
  /** Frames that show it. */
  readonly evidence: readonly Evidence[];
}

export interface Evidence {
  readonly frame: number;
  /** The capture of the client; without it, that of the server. */
  readonly host?: 'client' | undefined;
  /** Wireshark's Info column; for a frame of the client, its ends and its length. */
  readonly info: string;
  readonly caption: string;
  /** Hex digits of the payload. */
  readonly bytes: string;
  /** Bytes to mark, from 0. */
  readonly marked?: readonly number[];
}

/** The ways of the same exchange. */
export const wayNames = ['plain text', 'TLS', 'TLS with keys'] as const;
export type WayName = (typeof wayNames)[number];

/** One exchange, made three times. */
export interface ThreeWays {
  readonly what: string;
  readonly agrees: boolean;
  readonly seen: string;
  /** The secret as it is on the wire, and as a person reads it. */
  readonly secret: string;
  readonly plaintext: string;
  /** How the two relate. */
  readonly note?: string | undefined;
  /** The ways that were found. */
  readonly ways: readonly Way[];
}

export interface Way {
  readonly name: WayName;
  /** The frame with the client's request. */
  readonly frame: number;
  /** The request in hex digits: over TLS its record, header included. */
  readonly wire: string;
  /** Byte offsets of the secret in it, from 0. */
  readonly marked: readonly number[];
  readonly readBy: 'everybody' | 'key holders' | 'nobody';
  /** The client's decrypted bytes. */
  readonly decrypted?: string | undefined;
  /** The ClientHello with the server's name. */
  readonly hello?:
    | { readonly frame: number; readonly wire: string; readonly marked: readonly number[] }
    | undefined;
  /** What is visible without reading it. */
  readonly visible: readonly { readonly what: string; readonly value: string }[];
}
