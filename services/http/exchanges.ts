import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpEntry } from '#lib/journal/schema.ts';
import type { Carrier } from '#lib/tls/carriers.ts';

/** The number and the stream offsets of a request and its response. */
export type Exchange = Pick<HttpEntry, 'exchange' | 'answer_at' | 'wire_from' | 'wire_to' | 'wire_answer_at'>;

/** The number is kept on the request itself, which is cheaper than a map of all requests. */
const NUMBER = Symbol('exchange');
type Numbered = IncomingMessage & { [NUMBER]?: number };

/** Counts the requests of each connection, and finds where their responses begin. */
export class Exchanges {
  readonly #carrierOf: (socket: Socket) => Carrier | undefined;
  readonly #counts = new WeakMap<Socket, number>();

  constructor(carrierOf: (socket: Socket) => Carrier | undefined = () => undefined) {
    this.#carrierOf = carrierOf;
  }

  /** Also counts requests with an unknown `Expect`. Node.js would answer them by itself, before any listener. */
  watch<Watched extends Server>(server: Watched): Watched {
    return server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      this.take(request);
      response.writeHead(417).end();
    });
  }

  /** Counts a request. Call it for each one, in their order. */
  take(request: IncomingMessage): void {
    const { socket } = request;
    const number = (this.#counts.get(socket) ?? 0) + 1;
    this.#counts.set(socket, number);
    (request as Numbered)[NUMBER] = number;
  }

  /** The place of a counted request. `answer_at` is only known when all earlier responses are sent. */
  of(request: IncomingMessage, response: ServerResponse): Exchange | Promise<Exchange> {
    const { socket } = request;
    const carrier = this.#carrierOf(socket);
    const exchange = (request as Numbered)[NUMBER];
    if (!carrier) return { exchange, answer_at: beginningOf(response, socket) };
    const { from, to } = carrier.read();
    return carrier.settled().then(() => {
      const answer_at = beginningOf(response, socket);
      const isSettled = answer_at !== undefined && socket.writableLength === 0;
      const wire = { wire_from: from, wire_to: to, wire_answer_at: isSettled ? carrier.written : undefined };
      return { exchange, answer_at, ...wire };
    });
  }
}

/** A response gets its socket when it is its turn. */
function beginningOf(response: ServerResponse, socket: Socket): number | undefined {
  return response.socket ? socket.bytesWritten : undefined;
}
