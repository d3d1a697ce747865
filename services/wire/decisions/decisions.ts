import { pick } from '#lib/faults/fault-profile.ts';
import type { Detail, Step, WireFault, WireOptions } from '#lib/faults/wire/fault.ts';
import { drawnNames, streamOf, wireFaultCalled } from '#lib/faults/wire/index.ts';
import type { Packet } from '#lib/packet/packet.ts';
import { Draws } from '#lib/runtime/random.ts';
import type { Conditions, Direction } from '../conditions/conditions.ts';
import { formatRule, optionsOf, type Rule } from '../conditions/script.ts';
import { selects } from '../conditions/selection.ts';
import type { Flow, Flows, Half } from './flows.ts';

/** What the wire decided for one packet. */
export interface Decision {
  readonly flow: Flow;
  /** The number of the packet in its flow and direction, from 1. It is the number of its draws too. */
  readonly packet: number;
  /** `none` when the packet is forwarded as it is. */
  readonly fault: string;
  readonly detail: Detail;
  /** The rule of the script that decided. */
  readonly rule: string | undefined;
  /** How long the packet takes on the way, in ms. Undefined: no time. */
  readonly delayMs: number | undefined;
  readonly steps: readonly Step[];
}

export interface DeciderParts {
  readonly seed: string;
  readonly flows: Flows;
  /** The address of the wire, for the ICMP errors that it sends. */
  readonly address: number;
}

/**
 * Decides for the packets of one direction.
 *
 * A draw follows from the seed, the direction, the flow and the number of the packet in its flow. So other traffic
 * shifts nothing, and the same seed gives the same traffic the same faults.
 */
export class Decider {
  readonly #direction: Direction;
  readonly #conditions: Conditions;
  readonly #options: WireOptions;
  readonly #parts: DeciderParts;
  /** The streams of draws that were used, by flow and by what they are for. */
  readonly #streams = new WeakMap<Flow, Map<string, Draws>>();

  constructor(direction: Direction, conditions: Conditions, parts: DeciderParts) {
    this.#direction = direction;
    this.#conditions = conditions;
    this.#parts = parts;
    this.#options = {
      reorderBy: conditions.reorderBy,
      ...conditions.mtu,
      tamper: conditions.tamper,
      delay: { ms: conditions.delay, ...conditions.jitter },
    };
  }

  decide(packet: Packet): Decision {
    const flow = this.#parts.flows.of(packet, this.#direction);
    const half = flow[this.#direction];
    half.packets += 1;
    const { script, filter } = this.#conditions;
    const rule = half.script.next(script, packet, flow.number);
    const isFiltered = selects(filter, packet, flow.number);
    const decided = { flow, packet: half.packets, ...this.#fault(packet, flow, rule, isFiltered) };
    // The time of a rule is in place of the wire's.
    const isDelayed = isFiltered && decided.fault !== 'delay';
    return { ...decided, delayMs: isDelayed ? this.#delay(packet, flow, half) : undefined };
  }

  /** A number in [0, 1) for what else is drawn about a packet: whether RED drops it. */
  chanceOf(flow: Flow, packet: number): number {
    return this.#draws('early-drop', flow).at(packet);
  }

  #fault(packet: Packet, flow: Flow, rule: Rule | undefined, isFiltered: boolean) {
    const ruled = rule && this.#drawn(packet, flow, rule.fault, optionsOf(rule, this.#options));
    if (ruled) return { ...ruled, rule: formatRule(rule) };
    const oversize = this.#drawn(packet, flow, wireFaultCalled('mtu')!, this.#options);
    const drawn = oversize ?? (isFiltered ? this.#picked(packet, flow) : undefined);
    return { ...(drawn ?? forwarded(packet)), rule: undefined };
  }

  #picked(packet: Packet, flow: Flow) {
    const name = this.#pick(flow);
    const fault = wireFaultCalled(name);
    return fault && this.#drawn(packet, flow, fault, this.#options);
  }

  #pick(flow: Flow): string {
    const { faults, burst } = this.#conditions;
    if (faults.kind !== 'probabilities' || faults.of.size === 0) return 'none';
    const half = flow[this.#direction];
    const number = this.#draws('fault', flow).at(half.packets);
    const loss = faults.of.get('loss') ?? 0;
    if (burst === undefined || loss === 0) return pick(faults.of, drawnNames, number);
    half.isBursting = this.#draws('burst', flow).at(half.packets) < burstChance(half, loss, burst);
    if (half.isBursting) return 'loss';
    // The other faults keep their share of all packets, although they are drawn for those alone that are not lost.
    return pick(new Map(faults.of).set('loss', 0), drawnNames, number * (1 - loss));
  }

  #drawn(packet: Packet, flow: Flow, fault: WireFault, options: WireOptions) {
    const { packets } = flow[this.#direction];
    const random = () => this.#draws(`${fault.name} detail`, flow).at(packets);
    const { address } = this.#parts;
    const detail = fault.draw(packet, { random, options, wireAddress: address });
    return detail && { fault: fault.name, detail, steps: fault.steps(packet, detail, address) };
  }

  #delay(packet: Packet, flow: Flow, { packets }: Half): number | undefined {
    const { delay, jitter } = this.#conditions;
    if (delay === 0 && jitter.jitterMs === 0) return undefined;
    const random = () => this.#draws('delay', flow).at(packets);
    const drawn = wireFaultCalled('delay')!.draw(packet, {
      random,
      options: this.#options,
      wireAddress: this.#parts.address,
    });
    return Number(drawn?.delay_ms);
  }

  #draws(what: string, flow: Flow): Draws {
    const streams = this.#streams.get(flow) ?? new Map<string, Draws>();
    const known = streams.get(what);
    if (known) return known;
    const stream = new Draws(this.#parts.seed, streamOf(this.#direction, what, flow.name));
    this.#streams.set(flow, streams.set(what, stream));
    return stream;
  }
}

function forwarded({ bytes }: Packet) {
  return { fault: 'none', detail: {}, steps: [{ do: 'send', bytes }] as const };
}

/**
 * The chance that a packet is lost, in the model of Gilbert and Elliott with a good state that loses nothing and a bad
 * state that loses everything. The share of lost packets is `loss`, and a burst has `burst` packets in the mean; more
 * where bursts of that length can't make up the share. A flow begins in either state by that share, so that short flows
 * lose as much as long ones.
 */
function burstChance({ isBursting }: Half, loss: number, burst: number): number {
  if (isBursting === undefined) return loss;
  const end = Math.min(1 / burst, (1 - loss) / loss);
  return isBursting ? 1 - end : Math.min(1, loss / (1 - loss) / burst);
}
