import type { WireFinding, WireMatch, WirePacket, WireSent } from '#analysis/wire/finding.ts';
import type { WireListener } from '#analysis/wire/wire-of-run.ts';
import { wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireEvent } from '#lib/journal/wire-schema.ts';
import type { Conditions } from './wire-steps.ts';

/** At most this many findings of each kind are kept; a demo has some thousands. */
const MOST = 50_000;

type Change = Extract<WireEvent, { event: 'wire' | 'end' }>;

/** What went over the wire under certain conditions, in the order of time. */
export interface Carriage {
  readonly sent: readonly WireSent[];
  readonly packets: readonly WirePacket[];
  readonly decisions: readonly WireMatch[];
  /** Whether they were in force at a time, in seconds since 1970. */
  readonly has: (time: number) => boolean;
}

/** Keeps what went over the wire of a demo, and finds it by the conditions in force. */
export class Wired implements WireListener {
  readonly #changes: Change[] = [];
  readonly #sent: WireSent[] = [];
  readonly #packets: WirePacket[] = [];
  readonly #decisions: WireMatch[] = [];

  /** Whether the run had a wire. */
  get isUsed(): boolean {
    return this.#changes.length > 0;
  }

  take(finding: WireFinding): void {
    if (finding.kind === 'event') this.#takeEvent(finding.event);
    else if (finding.kind === 'sent') keep(this.#sent, finding);
    else if (finding.kind === 'packet') keep(this.#packets, finding);
    else if (finding.kind === 'decision') keep(this.#decisions, finding);
  }

  #takeEvent(event: WireEvent): void {
    if (event.event === 'wire' || event.event === 'end') this.#changes.push(event);
  }

  /** Each time that these conditions were in force, and no others. Undefined if that was never. */
  under({ up, down }: Conditions): Carriage | undefined {
    const stretches = this.#changes.flatMap((change, at) => {
      const isWanted =
        change.event === 'wire' && areSame(change.set.up, up) && areSame(change.set.down, down);
      return isWanted ? [{ begin: change, end: this.#changes[at + 1] }] : [];
    });
    if (stretches.length === 0) return undefined;
    const has = (time: number) =>
      stretches.some(({ begin, end }) => time >= wireTimeOf(begin) && (!end || time < wireTimeOf(end)));
    const decides = ({ id }: WireMatch['entry']) =>
      stretches.some(({ begin, end }) => id > begin.id && (!end || id < end.id));
    return {
      has,
      sent: this.#sent.filter(({ frame }) => has(frame.time)),
      packets: this.#packets
        .filter(({ time }) => has(time))
        .toSorted((one, other) => one.time - other.time || (one.frame ?? 0) - (other.frame ?? 0)),
      decisions: this.#decisions.filter(({ entry }) => decides(entry)),
    };
  }
}

function keep<Kind>(list: Kind[], finding: Kind): void {
  if (list.length < MOST) list.push(finding);
}

function areSame(set: Readonly<Record<string, string>>, texts: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(texts);
  return names.length === Object.keys(set).length && names.every((name) => set[name] === texts[name]);
}
