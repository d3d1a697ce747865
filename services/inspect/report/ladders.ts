import type { Capture } from '../capture-files.ts';
import { type Decision, deciderOf, isHttp } from '../entries.ts';
import type { FrameComments } from '../frame-comments.ts';
import type { Ports } from '../frames.ts';
import type { Tie } from '../join/tie.ts';
import { type Row, readColumns } from './columns.ts';
import type { Ladder, Rung } from './facts.ts';
import { outcomeOf } from './periods.ts';

/** So many exchanges are drawn, with so many frames each. */
const DRAWN = 12;
const RUNGS = 24;
/** Frames of its conversation that are drawn before and behind an exchange, as a handshake is. */
const AROUND = 3;
/** So far from it they are looked for, in frames of the capture. */
const REACH = 200;

interface Chosen {
  readonly title: string;
  readonly tie: Tie;
  readonly first: number;
  readonly last: number;
}

/** Chooses an exchange of each outcome of each server, the first of each, and draws them as ladders. */
export class Ladders {
  readonly #chosen = new Map<string, Chosen>();

  offer(tie: Tie): void {
    const title = `${NAMES[deciderOf(tie.entry)]}: ${outcomeOf(tie.entry)}`;
    if (this.#chosen.has(title) || this.#chosen.size === DRAWN || 'direction' in tie.entry) return;
    const frames = [...tie.request, ...tie.answer, ...(tie.end ? [tie.end] : [])].map(({ number }) => number);
    if (frames.length === 0) return;
    this.#chosen.set(title, { title, tie, first: Math.min(...frames), last: Math.max(...frames) });
  }

  /** @param comments what the journals say of frames */
  async draw(capture: Capture, ports: Ports, comments: FrameComments): Promise<Ladder[]> {
    const chosen = [...this.#chosen.values()];
    const filter = [...new Set(chosen.map(({ tie }) => tie.entry.client_port))]
      .map((port) => `tcp.port == ${port} || udp.port == ${port}`)
      .join(' || ');
    const isWanted = (row: Row) => chosen.some((one) => isNear(row, one));
    const rows = chosen.length === 0 ? [] : await readColumns(capture, ports, filter, isWanted);
    return chosen.map(({ title, tie, first, last }): Ladder => {
      const { client_ip, client_port } = tie.entry;
      const port = portOf(tie.entry, ports);
      const own = around(
        rows.filter((row) => row.clientPort === client_port && row.port === port),
        first,
        last,
      );
      const began = own[0]?.time ?? 0;
      return {
        title,
        client: `${client_ip}:${client_port}`,
        server: `${own[0]?.server ?? 'server'}:${port}`,
        rungs: own.slice(0, RUNGS).map(
          ({ frame, time, toServer, protocol, info, bytes }): Rung => ({
            frame,
            at: time - began,
            toServer,
            protocol,
            info,
            bytes,
            comment: comments.of(frame)?.join('\n'),
          }),
        ),
        left: Math.max(0, own.length - RUNGS),
      };
    });
  }
}

const NAMES = { http: 'HTTP', 'echo-tcp': 'Echo over TCP', 'echo-udp': 'Echo over UDP' } as const;

/** The port of a server that an entry came to. */
function portOf(entry: Decision, { http, https, echo, echoTls }: Ports): number {
  const [plain, overTls] = isHttp(entry) ? [http, https] : [echo, echoTls];
  return entry.tls === undefined ? plain : overTls;
}

/** The rows of an exchange, and some of its conversation before and behind it. */
function around(rows: readonly Row[], first: number, last: number): Row[] {
  const from = rows.findIndex(({ frame }) => frame >= first);
  const to = rows.findLastIndex(({ frame }) => frame <= last);
  return rows.slice(Math.max(0, from - AROUND), to + 1 + AROUND);
}

function isNear({ frame }: Row, { first, last }: Chosen): boolean {
  return frame >= first - REACH && frame <= last + REACH;
}
