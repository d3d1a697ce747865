import type { LivePacket } from '../../contract.ts';
import type { Cut, Film, Flight } from './film.ts';
import { LINGERS } from './player.ts';

/** What is seen of a packet on the stage. */
export type Part = 'moves' | 'arrived' | 'lost' | 'unseen';

export interface Actor {
  readonly flight: Flight;
  readonly part: Part;
  /** Where it is, from 0, the client host, to 1, the server host. */
  readonly at: number;
  /** Whether it has passed the place where the wire altered it. */
  readonly isAltered: boolean;
  /** 1, and after its end less and less. */
  readonly opacity: number;
}

/** Packets of a host that are to be shown: how many, and the first of them. */
export interface Waiting {
  readonly count: number;
  readonly first: readonly LivePacket[];
}

export interface Scene {
  readonly actors: readonly Actor[];
  /** More packets than are drawn at once. */
  readonly leftOut: number;
  /** Packets that are captured and not yet shown, at the host that sends them. */
  readonly waiting: { readonly client: Waiting; readonly server: Waiting };
  /** The wait that is being cut short. */
  readonly cut: Cut | undefined;
}

/** Packets that are drawn at once; more can't be told apart. */
const MOST = 40;
/** Packets of each host that wait on the stage; the rest is a number. */
export const MOST_WAITING = 12;
const MIDDLE = 0.5;
/** How far a packet comes of which nobody knows yet whether it arrives. */
const NEARLY = 0.92;

/** @param current the place of the packet at the playhead, which is always drawn */
export function sceneOf(film: Film, position: number, current?: number): Scene {
  const begun = film.begun(position);
  const actors: Actor[] = [];
  let leftOut = 0;
  for (let index = begun - 1; index >= 0; index -= 1) {
    if (position - film.ends(index) >= LINGERS) continue;
    const actor = actorOf(film.flight(index)!, position, film.pace.flight);
    if (!actor) continue;
    if (actors.length < MOST || index === current) actors.push(actor);
    else leftOut += 1;
  }
  actors.reverse();
  return { actors, leftOut, waiting: waitingOf(film, begun), cut: cutAt(film, position) };
}

function actorOf(flight: Flight, position: number, usual: number): Actor | undefined {
  const { leaves, ends = Number.POSITIVE_INFINITY, from, to, packet } = flight;
  const late = position - ends;
  const at = from + (to - from) * progress(flight, position, usual);
  const isAltered = packet.fate === 'altered' && Math.abs(at - from) >= MIDDLE * Math.abs(to - from);
  if (late < 0) return { flight, part: 'moves', at, isAltered, opacity: 1 };
  const part = packet.fate === 'lost' ? 'lost' : packet.fate === 'unseen' ? 'unseen' : 'arrived';
  const opacity = part === 'arrived' ? 1 - Math.min(1, (2 * late) / LINGERS) : 1 - (late / LINGERS) ** 3;
  return opacity <= 0 && leaves < position ? undefined : { flight, part, at, isAltered, opacity };
}

/** Which share of its way a packet has gone. */
function progress({ leaves, ends }: Flight, position: number, usual: number): number {
  const passed = position - leaves;
  // It goes slower and slower until something is known.
  if (ends === undefined) return NEARLY * (1 - Math.exp(-passed / usual));
  const takes = ends - leaves;
  return takes <= 0 ? 1 : Math.min(1, Math.max(0, passed / takes));
}

function waitingOf(film: Film, begun: number): Scene['waiting'] {
  const piles = {
    client: { count: 0, first: [] as LivePacket[] },
    server: { count: 0, first: [] as LivePacket[] },
  };
  for (let index = begun; index < film.size; index += 1) {
    const packet = film.packet(index)!;
    const pile = packet.direction === 'down' ? piles.server : piles.client;
    pile.count += 1;
    if (pile.first.length < MOST_WAITING) pile.first.push(packet);
  }
  return piles;
}

function cutAt({ cuts }: Film, position: number): Cut | undefined {
  return cuts.findLast(({ from, to }) => from <= position && position < to);
}
