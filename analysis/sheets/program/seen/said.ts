import { type Connection, Connections, opens, type Speaker } from '#analysis/capture/connections.ts';
import { type FrameRef, RST } from '#analysis/capture/frames.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { Framer } from '#lib/message/framing.ts';
import { Message } from '#lib/message/message.ts';

/** A TCP connection, or the datagrams of one UDP port of the client. */
export interface Talk {
  /** Address and port of the client. */
  readonly client: string;
  readonly begun: FrameRef;
  /** Its first RST, if one ended it. */
  reset?: { readonly frame: FrameRef; readonly by: Speaker };
}

/** A message or an echo, in the packets. */
export interface Said {
  readonly talk: Talk;
  readonly by: Speaker;
  /** The frame that completes it. */
  readonly frame: FrameRef;
  readonly message: Message;
}

interface State {
  readonly talk: Talk;
  readonly framers: Readonly<Record<Speaker, Framer>>;
  readonly latest: Partial<Record<Speaker, FrameRef>>;
}

/** A message with a wrong checksum, or without one, is over when nothing follows for this time, in seconds. */
const PAUSE = 0.05;

/** Finds messages and echoes in the packets of echo over one transport, in the order in which they were captured. */
export class Saying {
  readonly said: Said[] = [];
  readonly talks: Talk[] = [];
  readonly #connections = new Connections<State>({
    create: ({ from, to, toServer, number, time }) => {
      const talk = { client: toServer ? from : to, begun: { number, time } };
      this.talks.push(talk);
      return { talk, framers: { client: new Framer(), server: new Framer() }, latest: {} };
    },
  });

  take(carried: Carried): void {
    const { number, time, transport, flags } = carried;
    const { connection, by, pieces } = this.#connections.take(carried);
    const { state } = connection;
    const frame = { number, time };
    if (transport === 'udp') {
      if (carried.payload.length > 0) this.#say(state, by, frame, new Message(carried.payload));
      return;
    }
    if (flags & RST) state.talk.reset ??= { frame, by };
    for (const piece of pieces) this.#takePiece(connection, piece.by, piece.frame, piece.bytes);
  }

  /** The rest of each stream is a message too. */
  finish(): void {
    for (const { state } of this.#connections)
      for (const by of ['client', 'server'] as const) this.#flush(state, by);
    this.said.sort((one, other) => one.frame.number - other.frame.number);
  }

  #takePiece({ state }: Connection<State>, by: Speaker, frame: FrameRef, bytes: Buffer): void {
    this.#flush(state, by === 'client' ? 'server' : 'client');
    const before = state.latest[by];
    if (before && frame.time - before.time > PAUSE) this.#flush(state, by);
    state.latest[by] = frame;
    const { [by]: framer } = state.framers;
    framer.push(bytes);
    for (let next = framer.next(); next; next = framer.next())
      if (next.kind === 'message') this.#say(state, by, frame, next.message);
  }

  #flush({ framers, latest, talk }: State, by: Speaker): void {
    const rest = framers[by].flush();
    if (rest && latest[by]) this.said.push({ talk, by, frame: latest[by], message: rest });
  }

  #say({ talk }: State, by: Speaker, frame: FrameRef, message: Message): void {
    this.said.push({ talk, by, frame, message });
  }
}

/** Whether a segment asks for a connection. */
export function asks({ transport, flags }: Carried): boolean {
  return transport === 'tcp' && opens(flags);
}
