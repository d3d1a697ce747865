import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpEntry } from '#lib/journal/schema.ts';
import type { Carrier } from '#lib/tls/carriers.ts';

/** Where a request and its answer are on their connection. */
export type Exchange = Pick<HttpEntry, 'exchange' | 'answer_at' | 'wire_from' | 'wire_to' | 'wire_answer_at'>;

/** On the request itself: a map of all requests costs each of them a hash, and the collector a look. */
const NUMBER = Symbol('exchange');
type Numbered = IncomingMessage & { [NUMBER]?: number };

/** Counts the requests of each connection, and says where their answers begin. */
export class Exchanges {
  readonly #carrierOf: (socket: Socket) => Carrier | undefined;
  readonly #counts = new WeakMap<Socket, number>();

  constructor(carrierOf: (socket: Socket) => Carrier | undefined = () => undefined) {
    this.#carrierOf = carrierOf;
  }

  /** Counts also what a server answers before any listener: by itself Node refuses an unknown `Expect`, uncounted. */
  watch<Watched extends Server>(server: Watched): Watched {
    return server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      this.take(request);
      response.writeHead(417).end();
    });
  }

  /** Takes each request, as it comes. */
  take(request: IncomingMessage): void {
    const { socket } = request;
    const number = (this.#counts.get(socket) ?? 0) + 1;
    this.#counts.set(socket, number);
    (request as Numbered)[NUMBER] = number;
  }

  /** Where one is that was taken, and where its answer begins, as long as no answer before it is still to leave. */
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

/** An answer has its socket once it is its turn. */
function beginningOf(response: ServerResponse, socket: Socket): number | undefined {
  return response.socket ? socket.bytesWritten : undefined;
}
