import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Log } from '#lib/runtime/log.ts';
import type { Reachable } from './hosts.ts';
import { newTokens, type Tokens } from './rights.ts';
import { createWeb, listen, type PortName, type Web, type WebParts } from './server.ts';
import { TestFeed } from './testing.ts';
import type { Loaded } from './wireshark/details.ts';
import type { Pool } from './wireshark/pool.ts';
import { type Sharkd, SharkdRefusal } from './wireshark/sharkd.ts';

/** Any field but `x` is one, and a packet has one layer. */
function testPool(gate: () => Promise<void> | undefined): Pool<Loaded> {
  const sharkd = {
    loaded: undefined as Loaded | undefined,
    async ask(method: string, params: Readonly<Record<string, string | number>>) {
      await gate();
      if (method === 'check' && String(params.filter).includes('x'))
        throw new SharkdRefusal('Filter invalid - "x" is neither a field nor a protocol name.');
      if (method === 'complete')
        return { field: [{ f: 'tcp.port', n: 'Port' }, { f: 'udp' }, { f: 'tcp', n: 'TCP' }] };
      return { tree: [{ l: `Frame ${params.frame}`, f: 'frame' }], bytes: '' };
    },
  };
  return {
    prepare: () => undefined,
    close: () => undefined,
    use: (job: (one: Sharkd<Loaded>) => Promise<unknown>) => job(sharkd as unknown as Sharkd<Loaded>),
  } as unknown as Pool<Loaded>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that listens on 127.0.0.1, for tests. */
export class TestWeb {
  readonly feed = new TestFeed();
  readonly tokens: Tokens = newTokens();
  /** What waits for the timer: the oldest first. */
  readonly rings: { readonly milliseconds: number; readonly ring: () => void }[] = [];
  readonly errors: string[] = [];
  /** What Wireshark waits for before it answers. */
  gate: Promise<void> | undefined;
  /** How often Wireshark was asked. */
  asks = 0;
  readonly folder: string;
  readonly #web: Web;

  constructor(folder: string, own: Partial<WebParts> = {}) {
    this.folder = folder;
    const reachable: Reachable = { address: '127.0.0.1', names: [] };
    this.#web = createWeb({
      ...{ feed: this.feed, tokens: this.tokens, reachable, viewers: 3, instance: 'ab12', folder },
      files: folder,
      hello: (rights) => ({
        ...{ rights, hasTerminal: true, hasCommands: true, kept: 9, now: 1 },
        addresses: { client: '10.0.142.133', server: '10.0.28.182' },
        ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443, flow: 5201 },
      }),
      controls: {
        http: join(folder, 'http.sock'),
        echo: join(folder, 'echo.sock'),
        wire: join(folder, 'wire.sock'),
      },
      ...{ remote: join(folder, 'remote.sock'), hasTerminal: true, isPlayed: false, now: () => 7 },
      sheet: {
        ...{ captures: join(folder, 'captures'), sheets: join(folder, 'sheets') },
        keeper: join(folder, 'answers.sock'),
        defaults: {
          addresses: { client: '10.0.142.133', server: '10.0.28.182' },
          ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
        },
      },
      programs: {
        pool: testPool(() => {
          this.asks += 1;
          return this.gate;
        }),
        startMatching: ({ onDecided }) => ({
          frames: 0,
          // Even ids match.
          write(packets) {
            const ids = packets.map(({ packet }) => packet.id);
            setImmediate(() =>
              onDecided(
                ids.filter((id) => id % 2 === 0),
                ids.at(-1) ?? 0,
              ),
            );
            return true;
          },
          finish: () => undefined,
          end: () => undefined,
        }),
      },
      log: {
        error: (line: string) => this.errors.push(line),
        warn: (line: string) => this.errors.push(line),
      } as unknown as Log,
      timer: (milliseconds, ring) => {
        const waiting = { milliseconds, ring };
        this.rings.push(waiting);
        return () => {
          const at = this.rings.indexOf(waiting);
          if (at >= 0) this.rings.splice(at, 1);
        };
      },
      ...own,
    });
  }

  async listen(): Promise<this> {
    await listen(this.#web, { controls: 0, class: 0 }, '127.0.0.1');
    return this;
  }

  get port(): number {
    return (this.#web.servers.controls.address() as AddressInfo).port;
  }

  get classPort(): number {
    return (this.#web.servers.class.address() as AddressInfo).port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** How many connections it has. */
  connections(port: PortName = 'controls'): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#web.servers[port].getConnections((_error, count) => resolve(count));
    return promise;
  }

  /** The cookies of a browser that came with the link of a token: both of them, as below each guarded path. */
  cookieOf(token: string, port: string | number = this.port): string {
    return `wirelab-page-${port}=${this.tokens.page}; wirelab-live-${port}=${token}`;
  }

  /** Headers of the page that has the controls. */
  get controlling(): Record<string, string> {
    return {
      cookie: this.cookieOf(this.tokens.control),
      origin: `http://${this.host}`,
      'sec-fetch-site': 'same-origin',
    };
  }

  /** Sends a request, whose answer is not read yet. */
  async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
    port = this.port,
  ): Promise<IncomingMessage> {
    const sent = request({ port, host: '127.0.0.1', method, path, headers, agent: false }).end(body);
    const [response] = await once(sent, 'response');
    return response;
  }

  async ask(...args: Parameters<TestWeb['send']>): Promise<Answer> {
    const response = await this.send(...args);
    return { status: response.statusCode!, headers: response.headers, body: await text(response) };
  }

  /** A request of the page that has the controls. */
  async control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = body === undefined ? '' : JSON.stringify(body);
    const answer = await this.ask(method, path, { ...this.controlling, ...json }, sent);
    return { status: answer.status, body: answer.body === '' ? undefined : JSON.parse(answer.body) };
  }

  close(): void {
    this.#web.close();
  }
}

/** The events of a stream, as they come. */
export async function* eventsOf(
  response: IncomingMessage,
): AsyncGenerator<{ id: string | undefined; name: string; data: never }> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const [, id, name, data] = /^(?:id: (\S+)\n)?event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
      if (name !== undefined) yield { id, name, data: JSON.parse(data!) as never };
    }
  }
}
