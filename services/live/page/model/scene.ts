import type { LivePacket } from '../../contract.ts';
import { begunAt, type Cut, endOf, type Film, type Flight } from './film.ts';
import type { Pace } from './pace.ts';
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

export interface Scene {
  readonly actors: readonly Actor[];
  /** More packets than are drawn at once. */
  readonly leftOut: number;
  /** Packets that are captured and not yet shown, at the host that sends them. */
  readonly waiting: { readonly client: readonly LivePacket[]; readonly server: readonly LivePacket[] };
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

export function sceneOf(film: Film, position: number, pace: Pace): Scene {
  const begun = begunAt(film, position);
  const actors: Actor[] = [];
  let leftOut = 0;
  for (let index = begun - 1; index >= 0; index -= 1) {
    const actor = actorOf(film.flights[index]!, position, pace);
    if (!actor) continue;
    if (actors.length < MOST) actors.push(actor);
    else leftOut += 1;
  }
  actors.reverse();
  return { actors, leftOut, waiting: waitingOf(film, begun), cut: cutAt(film, position) };
}

function actorOf(flight: Flight, position: number, pace: Pace): Actor | undefined {
  const { leaves, ends, from, to, packet } = flight;
  const end = ends === undefined ? Number.POSITIVE_INFINITY : endOf(flight, pace);
  const late = position - end;
  if (late >= LINGERS) return undefined;
  const at = from + (to - from) * progress(flight, position, pace);
  const isAltered = packet.fate === 'altered' && Math.abs(at - from) >= MIDDLE * Math.abs(to - from);
  if (late < 0) return { flight, part: 'moves', at, isAltered, opacity: 1 };
  const part = packet.fate === 'lost' ? 'lost' : packet.fate === 'unseen' ? 'unseen' : 'arrived';
  const opacity = part === 'arrived' ? 1 - Math.min(1, (2 * late) / LINGERS) : 1 - (late / LINGERS) ** 3;
  return opacity <= 0 && leaves < position ? undefined : { flight, part, at, isAltered, opacity };
}

/** Which share of its way a packet has gone. */
function progress(flight: Flight, position: number, pace: Pace): number {
  const { leaves, ends } = flight;
  const passed = position - leaves;
  if (ends === undefined) {
    // It goes slower and slower until something is known.
    return NEARLY * (1 - Math.exp(-passed / pace.flight));
  }
  const takes = endOf(flight, pace) - leaves;
  return takes <= 0 ? 1 : Math.min(1, Math.max(0, passed / takes));
}

function waitingOf(film: Film, begun: number): Scene['waiting'] {
  const later = film.flights.slice(begun).map(({ packet }) => packet);
  return {
    client: later.filter(({ direction }) => direction !== 'down'),
    server: later.filter(({ direction }) => direction === 'down'),
  };
}

function cutAt({ cuts }: Film, position: number): Cut | undefined {
  return cuts.findLast(({ from, to }) => from <= position && position < to);
}
