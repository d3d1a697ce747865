import { CaptureError, findCapture } from '#analysis/capture/capture-files.ts';
import { type FrameValues, readValues } from '#analysis/capture/read-values.ts';
import type { FlowFacts } from '#analysis/flows/facts.ts';
import { FlowLog } from '#analysis/flows/flow-log.ts';
import { Flows } from '#analysis/flows/flows.ts';
import type { Match } from '#analysis/join/finding.ts';
import { listen, readFor } from '#analysis/join/listen.ts';
import { findDissector } from '#analysis/views/packet.ts';
import type { WireMatch } from '#analysis/wire/finding.ts';
import { wireOfRun } from '#analysis/wire/wire-of-run.ts';
import { isEvent, readEntries } from '#lib/journal/entries.ts';
import type { Run } from '#lib/journal/run.ts';
import type { EventNamed } from '#lib/journal/schema.ts';
import { hosts } from '#lib/lab/hosts.ts';
import type { Frames } from '../sheet/schema.ts';
import { Conditions } from './conditions.ts';

/** A student may repeat her flows. */
const MOST_FLOWS = 200;

/** The decisions of a run with their frames. */
export interface Decided {
  readonly matches: readonly Match[];
  readonly ofWire: readonly WireMatch[];
}

export interface EvidenceParts {
  /** The folder with captures and journals. */
  readonly folder: string;
  readonly run: Run;
}

/** What a run left: frames, decisions, transfers and flows. Each is read when it is first asked for, and once. */
export class Evidence {
  readonly #parts: EvidenceParts;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(parts: EvidenceParts) {
    this.#parts = parts;
  }

  /**
   * The frames that pass the filter, with `tcp.stream` or other fields.
   *
   * @throws ToolError when tshark does not know the filter or a field
   */
  frames(
    { capture, filter }: Pick<Frames, 'capture' | 'filter'>,
    fields: readonly string[],
  ): Promise<FrameValues[]> {
    return this.#once(JSON.stringify([capture, filter, fields]), async () => {
      const found = await this.#capture(capture);
      if (!found) return [];
      const asked = { ports: this.#parts.run.ports, dissector: await findDissector(), filter, fields };
      return Array.fromAsync(readValues(found, asked));
    });
  }

  decided(): Promise<Decided> {
    return this.#once('decided', async () => {
      const { folder, run } = this.#parts;
      const matches: Match[] = [];
      const ofWire: WireMatch[] = [];
      const disturbances = await wireOfRun(folder, run, [
        { take: (finding) => void (finding.kind === 'decision' && ofWire.push(finding)) },
      ]);
      const capture = await this.#capture('server');
      const listener = {
        take: (finding: { kind: string }) => void (isMatch(finding) && matches.push(finding)),
      };
      if (capture) await listen(capture, run, [listener], disturbances?.of('server'));
      return { matches, ofWire };
    });
  }

  /** What became of each transfer, by the journal of the echo server, the earliest first. */
  transfers(): Promise<EventNamed<'transfer'>[]> {
    return this.#once('transfers', async () => {
      const found: EventNamed<'transfer'>[] = [];
      for await (const entry of readEntries(this.#parts.folder)) {
        if (isEvent(entry) && entry.event === 'transfer') found.push(entry);
      }
      return found;
    });
  }

  /** The flows, the earliest first. */
  flows(): Promise<FlowFacts[]> {
    return this.#once('flows', async () => {
      const { folder, run } = this.#parts;
      const flows = new Flows(run, await FlowLog.read(folder), MOST_FLOWS);
      for (const host of hosts) {
        const capture = await this.#capture(host);
        if (capture) await readFor(capture, run, [flows.of(host)]);
      }
      return flows.facts(folder);
    });
  }

  /** Which conditions the wire had when. */
  conditions(): Promise<Conditions> {
    return this.#once('conditions', () => Conditions.read(this.#parts.folder));
  }

  /** Undefined when the run has none, which is no error: the student has done nothing yet. */
  async #capture(name: Frames['capture']) {
    const found = await findCapture(name, this.#parts.folder).catch((error: unknown) => {
      if (error instanceof CaptureError) return undefined;
      throw error;
    });
    return found;
  }

  #once<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key) as Promise<Value> | undefined;
    const value = known ?? read();
    this.#known.set(key, value);
    return value;
  }
}

function isMatch(finding: { readonly kind: string }): finding is Match {
  return finding.kind === 'match';
}
