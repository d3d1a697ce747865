import type { FromTerminal } from '#lib/live/remote.ts';

/** What the terminal uses of a WebSocket. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'addEventListener' | 'binaryType' | 'readyState'>;

/** How a connection with a shell is. `code`: the exit code of the shell. `reason`: why there is none. */
export type LinkState =
  | { readonly is: 'connecting' | 'open' | 'lost' | 'refused' }
  | { readonly is: 'ended'; readonly code: string }
  | { readonly is: 'stopped'; readonly reason: string };

export interface LinkParts {
  readonly open: () => Socket;
  /** Shows bytes, and calls back when they are shown. */
  readonly show: (bytes: Uint8Array, shown: () => void) => void;
  readonly onState: (state: LinkState) => void;
}

/** Bytes in a frame, at most. */
const LARGEST_FRAME = 65_536;
/** Bytes that are typed or pasted at once, at most. */
export const LONGEST_PASTE = 2 ** 20;
/** Bytes after which the shell learns that they are shown. It waits at 1 MiB. */
const SHOWN_BYTES = 2 ** 17;

const OPEN = 1;

/** The connection of the terminal with a shell, one after another. */
export class Link {
  readonly #parts: LinkParts;
  readonly #encoder = new TextEncoder();
  #socket: Socket | undefined;
  #size: { readonly columns: number; readonly rows: number };
  #state: LinkState = { is: 'connecting' };

  constructor(parts: LinkParts, size: { readonly columns: number; readonly rows: number }) {
    this.#parts = parts;
    this.#size = size;
  }

  /** Opens a shell. */
  connect(): void {
    this.#setState({ is: 'connecting' });
    const socket = this.#parts.open();
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#tell(this.#size);
      this.#setState({ is: 'open' });
    });
    const shown = this.#countShown(socket);
    socket.addEventListener('message', ({ data }) => {
      const bytes = new Uint8Array(data);
      this.#parts.show(bytes, shown(bytes.length));
    });
    socket.addEventListener('close', ({ code, reason }) => this.#setState(this.#stateAfter(code, reason)));
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Whether there is neither a shell nor the attempt to get one. */
  get isOver(): boolean {
    return this.#state.is !== 'open' && this.#state.is !== 'connecting';
  }

  /** Sends what a person types or pastes. Returns false when it is too long. */
  type(text: string): boolean {
    return this.typeBytes(this.#encoder.encode(text));
  }

  typeBytes(bytes: Uint8Array): boolean {
    if (bytes.length > LONGEST_PASTE) return false;
    if (this.#socket?.readyState !== OPEN) return true;
    for (let at = 0; at < bytes.length; at += LARGEST_FRAME)
      this.#socket.send(bytes.slice(at, at + LARGEST_FRAME));
    return true;
  }

  resize(size: { readonly columns: number; readonly rows: number }): void {
    this.#size = size;
    this.#tell(size);
  }

  #tell(frame: FromTerminal, socket = this.#socket): void {
    if (socket?.readyState === OPEN) socket.send(JSON.stringify(frame));
  }

  /** Tells the shell what is shown: after many bytes, and when there are no more. */
  #countShown(socket: Socket): (bytes: number) => () => void {
    let waiting = 0;
    let taken = 0;
    return (bytes) => {
      waiting += bytes;
      return () => {
        waiting -= bytes;
        taken += bytes;
        if (taken < SHOWN_BYTES && waiting > 0) return;
        this.#tell({ taken }, socket);
        taken = 0;
      };
    };
  }

  #setState(state: LinkState): void {
    this.#state = state;
    this.#parts.onState(state);
  }

  #stateAfter(code: number, reason: string): LinkState {
    const [, exit] = /^exit code (\d+)$/.exec(reason) ?? [];
    if (code === 1000 && exit !== undefined) return { is: 'ended', code: exit };
    if (reason !== '') return { is: 'stopped', reason };
    return { is: this.#state.is === 'connecting' ? 'refused' : 'lost' };
  }
}
