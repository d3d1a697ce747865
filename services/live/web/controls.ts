import * as v from 'valibot';
import { ask, askFaults } from '#lib/control/control.ts';
import type { FaultChange, FaultStatus } from '#lib/faults/faults.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { WireStatus } from '../../wire/control.ts';
import { askInTime, isAbsent, notRunning } from './asking.ts';

/** Paths of the control sockets of the programs. */
export interface ControlSockets {
  readonly http: string;
  readonly echo: string;
  readonly wire: string;
}

/** Answer to `GET /controls`. A program that does not run has nothing. */
export interface ControlsStatus {
  readonly faults: readonly FaultStatus[];
  readonly wire?: WireStatus;
}

const texts = v.optional(v.record(v.string(), v.string()));
const ofAll = { seed: v.optional(v.string()), reset: v.optional(v.boolean()) };
const faultsSchema = v.strictObject({
  server: v.picklist(['http', 'echo']),
  profile: v.optional(v.string()),
  profiles: texts,
  ...ofAll,
});
const wireSchema = v.strictObject({ up: texts, down: texts, ...ofAll });

/** The faults of the servers and of the wire, by their control sockets, as `make faults` and `make wire` have them. */
export class Controls {
  readonly #sockets: ControlSockets;
  readonly #timer: Timer;

  constructor(sockets: ControlSockets, timer: Timer) {
    this.#sockets = sockets;
    this.#timer = timer;
  }

  /** Whether the program of the wire runs. */
  async hasWire(): Promise<boolean> {
    return (await this.#wire().catch(ifRunning<undefined>(undefined))) !== undefined;
  }

  /** @throws Refusal when a program accepts and does not answer */
  async status(): Promise<ControlsStatus> {
    const [http, echo, wireStatus] = await Promise.all([
      this.#faults('http').catch(ifRunning<FaultStatus[]>([])),
      this.#faults('echo').catch(ifRunning<FaultStatus[]>([])),
      this.#wire().catch(ifRunning<undefined>(undefined)),
    ]);
    return { faults: [...http, ...echo], ...(wireStatus && { wire: wireStatus }) };
  }

  /** @throws FaultChangeError when the server refuses it, Refusal when it does not run or does not answer */
  async changeFaults(body: unknown): Promise<FaultStatus[]> {
    const { server, ...change } = v.parse(faultsSchema, body);
    return this.#faults(server, change).catch(notRunning(`the ${server} server`));
  }

  /** @throws FaultChangeError when the wire refuses it, Refusal when there is none or it does not answer */
  async changeWire(body: unknown): Promise<WireStatus> {
    const change = v.parse(wireSchema, body);
    return this.#wire(change).catch(notRunning('the wire'));
  }

  #faults(server: 'http' | 'echo', change?: FaultChange): Promise<FaultStatus[]> {
    const path = this.#sockets[server];
    return askInTime(`the ${server} server`, this.#timer, (signal) => askFaults(path, change, signal));
  }

  #wire(change?: object): Promise<WireStatus> {
    const path = this.#sockets.wire;
    return askInTime(
      'the wire',
      this.#timer,
      async (signal) => (await ask(path, '/wire', change, signal)) as WireStatus,
    );
  }
}

function ifRunning<Nothing>(nothing: Nothing): (error: unknown) => Nothing {
  return (error) => {
    if (isAbsent(error)) return nothing;
    throw error;
  };
}
