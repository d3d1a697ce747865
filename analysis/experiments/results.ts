/** What the packets of a demo say; of another run nothing. */
export interface Demo {
  readonly experiments: readonly Experiment[];
  /** The same exchanges in plain text, over TLS, and over TLS whose keys are kept. */
  readonly threeWays: readonly ThreeWays[];
}

/** An experiment of the demo. */
export interface Experiment {
  /** Section of the second seed document, or empty. */
  readonly section: string;
  readonly title: string;
  readonly expected: string;
  readonly seen: string;
  readonly agrees: boolean;
  /** Frames that show it, with their bytes where they matter. */
  readonly evidence: readonly Evidence[];
}

export interface Evidence {
  readonly frame: number;
  /** As Wireshark's columns have it. */
  readonly info: string;
  readonly says: string;
  /** Hex digits of the payload. */
  readonly bytes: string;
  /** Bytes to mark, from 0. */
  readonly marked?: readonly number[];
}

/** Ways in which the same is said. */
export const wayNames = ['plain text', 'TLS', 'TLS, and its keys'] as const;
export type WayName = (typeof wayNames)[number];

/** What was said three times. */
export interface ThreeWays {
  readonly what: string;
  readonly agrees: boolean;
  readonly seen: string;
  /** What an eavesdropper is after, as it stands on the wire, and as a person reads it. */
  readonly secret: string;
  readonly reads: string;
  /** How the one is the other. */
  readonly note?: string | undefined;
  /** Those that were found. */
  readonly ways: readonly Way[];
}

export interface Way {
  readonly name: WayName;
  /** The frame that carries what the client asks. */
  readonly frame: number;
  /** Hex digits of what it asks: over TLS of the record, with its header. */
  readonly wire: string;
  /** Bytes of the secret in it, from 0. */
  readonly marked: readonly number[];
  readonly readBy: 'everybody' | 'key holders' | 'nobody';
  /** What the keys open, of the client's side. */
  readonly opened?: string | undefined;
  /** Where the client names the server, in hex digits and bytes. */
  readonly hello?:
    | { readonly frame: number; readonly wire: string; readonly marked: readonly number[] }
    | undefined;
  /** What can be told without reading it. */
  readonly outside: readonly { readonly what: string; readonly is: string }[];
}
