import type { Limit } from '#lib/journal/limit.ts';
import type { Bound } from './bound.ts';

/** Counts what each client, by its address, holds at once, so that one client can't take everything. */
export class ClientCounts {
  readonly #bound: Bound;
  readonly #takenBy = new Map<string, number>();
  #taken = 0;

  constructor(bound: Bound) {
    this.#bound = bound;
  }

  /** Takes a place for a client. Returns the limit that is reached, or undefined when there was a place. */
  take(client: string): Limit | undefined {
    const own = this.#takenBy.get(client) ?? 0;
    const { all, each } = this.#bound;
    if (own >= each.allowed) return each;
    if (this.#taken >= all.allowed) return all;
    this.#taken += 1;
    this.#takenBy.set(client, own + 1);
    return undefined;
  }

  giveBack(client: string): void {
    this.#taken -= 1;
    const own = this.#takenBy.get(client)! - 1;
    if (own > 0) this.#takenBy.set(client, own);
    else this.#takenBy.delete(client);
  }

  /**
   * The text for a client that gets no place, such as `too many connections: 6000 of this client are open (NAME)`.
   */
  refusal(reached: Limit, what: string, state: string): string {
    const whose = reached === this.#bound.each ? ' of this client' : '';
    return `too many ${what}: ${reached.allowed}${whose} are ${state} (${reached.setting})`;
  }
}
