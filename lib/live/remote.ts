/*
 * What the server of the live view and the program in the client host say to each other, by a Unix socket.
 */

/** The commands of the client that a page can start. */
export const commandNames = ['balance', 'echo', 'send', 'flow'] as const;
export type CommandName = (typeof commandNames)[number];

/** Body of `POST /runs`: a command with make's names for its options, such as `{ MSG: 'hello', TLS: '1' }`. */
export interface Asked {
  readonly command: CommandName;
  readonly options: Readonly<Record<string, string>>;
}

/** Bytes of a text, at most. The system limits an argument to 128 KiB. */
export const LONGEST_TEXT = 65_536;

/** Bytes of a request's body: JSON has up to six for a byte of a text, and the rest is short. */
export const LONGEST_BODY = 6 * LONGEST_TEXT + 16 * 1024;

/** Characters of a line that a command prints. A longer one is cut. */
export const LONGEST_LINE = 65_536;

/** A line of the answer to `POST /runs`: what the program prints as it prints it, and at the end its exit code. */
export type RunLine = { readonly line: string } | { readonly code: number };

/** Answer to a request that is refused: each problem names the thing, the value and what is allowed. */
export interface Refused {
  readonly problems: readonly string[];
}

/**
 * What a terminal tells the shell, as the JSON of a text frame; binary frames are bytes. `taken`: bytes that it has shown
 * since the last frame of this kind. The shell waits while the terminal has too many that it has not shown.
 */
export type FromTerminal = { readonly columns: number; readonly rows: number } | { readonly taken: number };
