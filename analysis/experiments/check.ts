import type { Row } from '#analysis/capture/columns.ts';
import type { Packet } from '#analysis/capture/packet.ts';
import type { Finding } from '#analysis/join/join.ts';
import type { Listener } from '#analysis/join/listen.ts';
import type { WireListener } from '#analysis/wire/wire-of-run.ts';
import type { Run } from '#lib/journal/run.ts';
import { Exchanges, exchangeFields } from './exchange.ts';
import type { DemoExperiment, Outcome, Shown } from './experiment.ts';
import { experiments, wireExperiments } from './experiments.ts';
import { Observations } from './observed.ts';
import type { Demo, Evidence } from './results.ts';
import { threeWaysOf } from './three-ways.ts';

type Name = (typeof exchangeFields)[number];

/** Checks by the packets of a demo whether each experiment went as expected. */
export class DemoCheck implements Listener<Name> {
  readonly wants = { frames: true, fields: exchangeFields } as const;
  readonly #observations: Observations;
  readonly #exchanges = new Exchanges();
  readonly #infos = new Map<number, string>();
  #outcomes: Outcome[] | undefined;

  constructor(run: Run) {
    this.#observations = new Observations(run);
  }

  /** Receives what went over the wire, before the capture is read. */
  get wire(): WireListener {
    return this.#observations.wired;
  }

  take(finding: Finding): void {
    this.#observations.take(finding);
  }

  takePackets(packets: readonly Packet<Name>[]): void {
    for (const packet of packets) this.#exchanges.take(packet);
  }

  /** The frames that are evidence. */
  get filters(): string[] {
    const shown = this.#evaluated().flatMap(({ evidence }) =>
      evidence.flatMap(({ frame }) => (frame && frame.host === undefined ? frame.number : [])),
    );
    return shown.length === 0 ? [] : [`frame.number in {${[...new Set(shown)].join(', ')}}`];
  }

  takeRow({ number, info }: Row): void {
    this.#infos.set(number, info);
  }

  demo(): Demo {
    const outcomes = this.#evaluated();
    const { isUsed } = this.#observations.wired;
    return {
      experiments: this.#made.map(({ title, expected }, at) => {
        const { agrees, evidence, seen } = outcomes[at]!;
        return { title, expected, seen, agrees, evidence: evidence.flatMap((one) => this.#evidence(one)) };
      }),
      threeWays: threeWaysOf(this.#exchanges.all()),
      notMade: isUsed ? undefined : wireExperiments.map(({ title }) => title),
    };
  }

  get #made(): readonly DemoExperiment[] {
    return this.#observations.wired.isUsed ? experiments : experiments.filter(({ onWire }) => !onWire);
  }

  #evaluated(): Outcome[] {
    this.#outcomes ??= this.#made.map((experiment) => experiment.evaluate(this.#observations));
    return this.#outcomes;
  }

  #evidence({ frame, caption, marked }: Shown): Evidence[] {
    if (!frame) return [];
    const { number, host, payload } = frame;
    const info = frame.info ?? this.#infos.get(number) ?? '';
    return [{ frame: number, host, info, caption, bytes: payload.toString('hex'), marked }];
  }
}
