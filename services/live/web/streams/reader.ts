import type { ServerResponse } from 'node:http';
import type { Channel, Position } from './channel.ts';
import { HEARTBEAT, type Message } from './message.ts';

/** Bytes of a reader that may wait for its connection before it gets more. */
const MOST_WAITING = 256 * 1024;

/** A page that reads a channel. It gets as much as its connection takes, and learns what it missed. */
export class Reader {
  readonly channel: Channel;
  readonly #response: ServerResponse;
  readonly #instance: string;
  #position: Position;
  #lastPacket = 0;
  #waits = false;
  #waitedThrough = 0;

  /** @param instance tells the server's starts apart */
  constructor(response: ServerResponse, channel: Channel, instance: string) {
    this.#response = response;
    this.channel = channel;
    this.#instance = instance;
    this.#position = channel.end;
    response.on('drain', () => {
      this.#waits = false;
      this.#waitedThrough = 0;
      this.pump();
    });
  }

  /**
   * Begins at the newest packets, or goes on where an earlier reader stopped.
   *
   * @param lastEventId what the page got last, from the header of that name
   * @param hello the first message, by whether it goes on
   */
  begin(lastEventId: string | undefined, hello: (isContinued: boolean) => Message): void {
    const [instance, name, position, lastPacket] = (lastEventId ?? '').split('-');
    const next = Number(position) + 1;
    const isContinued = instance === this.#instance && name === this.channel.name && this.channel.has(next);
    this.#write(hello(isContinued).bytes);
    if (isContinued) {
      this.#position = next;
      this.#lastPacket = Number(lastPacket);
      this.pump();
    } else this.#beginAtNewest();
  }

  /** Sends what is new. */
  pump(): void {
    if (this.#response.destroyed) return;
    this.#response.cork();
    while (!this.#waits && this.#position < this.channel.end) {
      if (!this.channel.has(this.#position)) this.#beginAgain();
      else this.#send(this.channel.at(this.#position)!, this.#position);
    }
    this.#response.uncork();
  }

  /** Keeps the connection open. Returns false when it has taken nothing for two rounds. */
  beat(): boolean {
    if (!this.#waits) this.#write(HEARTBEAT);
    else this.#waitedThrough += 1;
    return this.#waitedThrough < 2;
  }

  #send({ bytes, lastPacket }: Message, position: Position): void {
    this.#lastPacket = Math.max(this.#lastPacket, lastPacket);
    const id = [this.#instance, this.channel.name, position, this.#lastPacket].join('-');
    this.#write(Buffer.from(`id: ${id}\n`));
    this.#write(bytes);
    this.#position = position + 1;
  }

  #beginAgain(): void {
    const omitted = this.channel.omittedAfter(this.#lastPacket);
    if (omitted) this.#write(omitted.bytes);
    this.#beginAtNewest();
  }

  #beginAtNewest(): void {
    this.#position = this.channel.end;
    for (const message of this.channel.beginning()) this.#send(message, this.channel.end - 1);
  }

  #write(bytes: Buffer): void {
    this.#response.write(bytes);
    if (this.#response.writableLength > MOST_WAITING) this.#waits = true;
  }
}
