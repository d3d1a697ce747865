import { Framer } from '#lib/message/framing.ts';
import { tagLength } from '#lib/message/message.ts';
import { type Exposure, exposedByMessage } from './exposed.ts';
import type { Side } from './side.ts';

/** The echo server's notices, which have no line ending. */
const NOTICE = /^(?:error_code|Packet Loss)$/;

/** The exposures of messages to the echo server, or of its answers, split as the server splits them. */
export class MessageSide implements Side {
  #framer = new Framer();

  get kept(): number {
    return this.#framer.buffered;
  }

  take(bytes: Buffer, missing: number): Exposure[] {
    const exposed = missing > 0 ? this.end() : [];
    this.#framer.push(bytes);
    for (let frame = this.#framer.next(); frame; frame = this.#framer.next()) {
      if (frame.kind === 'message') exposed.push(...exposedByMessage(frame.message.bytes));
      else if (frame.kind === 'too-long') exposed.push(...exposedByMessage(bytes));
    }
    const isWhole = tagLength(bytes, bytes.length, true) > 0 || NOTICE.test(bytes.toString('latin1', 0, 12));
    return isWhole ? [...exposed, ...this.end()] : exposed;
  }

  end(): Exposure[] {
    const rest = this.#framer.flush();
    return rest ? exposedByMessage(rest.bytes) : [];
  }
}
