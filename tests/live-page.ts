import type { LiveEvents, LivePacket, PacketChange } from '../services/live/contract.ts';

/** An event of the stream of the live view. */
export type LiveEvent = {
  [Name in keyof LiveEvents]: { readonly name: Name; readonly data: LiveEvents[Name] };
}[keyof LiveEvents];

/** A page of the live view, as far as its server knows it: requests with the cookies of a link. */
export class LivePage {
  readonly origin: string;
  /** Both cookies of the link. */
  readonly cookie: string;

  private constructor(origin: string, cookie: string) {
    this.origin = origin;
    this.cookie = cookie;
  }

  /** Follows a link. */
  static async open(link: string): Promise<LivePage> {
    const { origin } = new URL(link);
    const response = await fetch(link, { redirect: 'manual' });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    const cookies = response.headers.getSetCookie().map((one) => one.slice(0, one.indexOf(';')));
    return new LivePage(origin, [...new Set(cookies)].join('; '));
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(this.origin + path, { headers: { cookie: this.cookie, ...headers } });
  }

  async json<Body>(path: string): Promise<Body> {
    const response = await this.get(path);
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  }

  post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(this.origin + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        cookie: this.cookie,
        origin: this.origin,
        'content-type': 'application/json',
        ...headers,
      },
    });
  }

  /** Reads the stream until something is seen in it, and returns that. Ends the stream. */
  async until<Found>(
    look: (seen: Watched, event: LiveEvent) => Found | undefined | false,
    { path = '/events', within = 60_000 } = {},
  ): Promise<Found> {
    const ending = AbortSignal.timeout(within);
    const response = await fetch(this.origin + path, { headers: { cookie: this.cookie }, signal: ending });
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const seen = new Watched();
    for await (const event of eventsIn(response.body!)) {
      seen.take(event);
      const found = look(seen, event);
      if (found !== undefined && found !== false) return found;
    }
    throw new Error(`${path} has ended`);
  }
}

/** What a page knows after some events. */
export class Watched {
  readonly packets = new Map<number, LivePacket>();
  /** The lines that commands printed. */
  readonly lines: string[] = [];

  take(event: LiveEvent): void {
    if (event.name === 'packets') for (const packet of event.data) this.packets.set(packet.id, packet);
    else if (event.name === 'changes') for (const change of event.data) this.#change(change);
    else if (event.name === 'printed') this.lines.push(...event.data.lines);
    else if (event.name === 'beginning')
      for (const { lines } of event.data.runs.flatMap(({ printed }) => printed)) this.lines.push(...lines);
  }

  #change({ id, ...change }: PacketChange): void {
    const packet = this.packets.get(id);
    if (packet) this.packets.set(id, { ...packet, ...change });
  }
}

async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<LiveEvent> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      // For a regular expression, also other characters than those of the stream end a line.
      const field = (name: string) => new RegExp(`(?:^|\\n)${name}: ([^\\n]*)`).exec(block)?.[1];
      const name = field('event');
      if (name !== undefined) yield { name, data: JSON.parse(field('data')!) } as LiveEvent;
    }
  }
}
