import * as v from 'valibot';
import { ask, askFaults } from '#lib/control/control.ts';
import type { FaultStatus } from '#lib/faults/faults.ts';
import { Refusal } from '#lib/live/refusal.ts';
import type { WireStatus } from '../../wire/control.ts';

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

  constructor(sockets: ControlSockets) {
    this.#sockets = sockets;
  }

  /** Whether the program of the wire runs. */
  async hasWire(): Promise<boolean> {
    return (await this.#wire().catch(ifRunning<undefined>(undefined))) !== undefined;
  }

  async status(): Promise<ControlsStatus> {
    const { http, echo } = this.#sockets;
    const [faults, wireStatus] = await Promise.all([
      Promise.all([http, echo].map((socket) => askFaults(socket).catch(ifRunning<FaultStatus[]>([])))),
      this.#wire().catch(ifRunning<undefined>(undefined)),
    ]);
    return { faults: faults.flat(), ...(wireStatus && { wire: wireStatus }) };
  }

  /** @throws FaultChangeError when the server refuses it, Refusal when it does not run */
  async changeFaults(body: unknown): Promise<FaultStatus[]> {
    const { server, ...change } = v.parse(faultsSchema, body);
    return askFaults(this.#sockets[server], change).catch(notRunning(`the ${server} server`));
  }

  /** @throws FaultChangeError when the wire refuses it, Refusal when there is none */
  async changeWire(body: unknown): Promise<WireStatus> {
    const change = v.parse(wireSchema, body);
    return this.#wire(change).catch(notRunning('the wire'));
  }

  #wire(change?: object): Promise<WireStatus> {
    return ask(this.#sockets.wire, '/wire', change) as Promise<WireStatus>;
  }
}

/** Whether nobody answers at a socket. */
export function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

function ifRunning<Nothing>(nothing: Nothing): (error: unknown) => Nothing {
  return (error) => {
    if (isAbsent(error)) return nothing;
    throw error;
  };
}

function notRunning(program: string): (error: unknown) => never {
  return (error) => {
    throw isAbsent(error) ? new Refusal(503, `${program} does not run`) : error;
  };
}
