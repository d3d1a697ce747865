import { NamedConversations } from './conversations.ts';
import type { Outbox } from './outbox.ts';
import { Past } from './past.ts';
import { SequencePlot } from './sequence.ts';
import type { Session } from './session.ts';
import type { Trip } from './trip.ts';
import type { Kept } from './types.ts';

/** Packets that were left out, because there were too many: all from before a time, in seconds since 1970. */
export interface LeftOut {
  readonly count: number;
  readonly before: number;
}

/** Turns what a session has found into events, and numbers its packets. */
export class Showing {
  readonly past: Past;
  readonly #outbox: Outbox;
  readonly #conversations = new NamedConversations();
  #sequence = new SequencePlot();
  #session: Session | undefined;
  #id = 0;
  #leftOut: LeftOut[] = [];

  constructor(kept: Kept, outbox: Outbox) {
    this.#outbox = outbox;
    this.past = new Past(kept, (trip) => this.#session?.trips.forget(trip));
  }

  /** The packets that follow are those of another session. */
  begin(session: Session): void {
    this.#session = session;
    this.#sequence = new SequencePlot();
    this.#leftOut = [];
  }

  /** How many packets were shown. */
  get count(): number {
    return this.#id;
  }

  /** The address of the wire, if there is one. */
  get wire(): string | undefined {
    return this.#session?.wire;
  }

  leaveOut(leftOut: LeftOut): void {
    this.#leftOut.push(leftOut);
  }

  /** Shows the packets up to a time, in the order of time. */
  showPackets(until = Number.POSITIVE_INFINITY): void {
    let trips = this.#session!.trips.takeReady(until);
    for (const { before, count } of [...this.#leftOut]) {
      if (!trips.some(({ time }) => time >= before)) break;
      this.#showAll(trips.filter(({ time }) => time < before));
      trips = trips.filter(({ time }) => time >= before);
      this.#outbox.send('omitted', { count, after: this.#id, before: this.#id + 1 });
      this.#leftOut.shift();
    }
    this.#showAll(trips);
    const points = this.#sequence.takePoints();
    if (points.length > 0) this.#outbox.send('sequence', points);
  }

  /** Tells what has changed. */
  showChanges(): void {
    const { trips, charts } = this.#session!;
    const changes = trips.takeChanges();
    if (changes.length > 0) this.#outbox.send('changes', changes);
    const samples = charts.take();
    if (samples) this.#outbox.send('samples', samples);
  }

  showTallies(): void {
    const tallies = this.#session!.tallies.take();
    if (tallies) this.#outbox.send('tallies', tallies);
  }

  #showAll(trips: readonly Trip[]): void {
    if (trips.length === 0) return;
    for (const trip of trips) this.#show(trip);
    this.#outbox.send(
      'packets',
      trips.map(({ packet }) => packet),
    );
  }

  #show(trip: Trip): void {
    const { carried, direction, time } = trip;
    const said = this.#conversations.take(trip);
    this.#id += 1;
    trip.show(this.#id, said.conversation);
    this.past.add(trip);
    this.#sequence.take(trip, said, carried);
    this.#session!.charts.takePayload(direction, time, carried?.payload.length ?? 0);
  }
}
