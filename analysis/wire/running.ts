import { mayLackPackets, type Stretch } from '#lib/journal/capture-records.ts';
import type { Gap } from '#lib/journal/run.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Packet } from '#lib/packet/packet.ts';
import type { WireReason } from './reasons.ts';

/** The times in which the capture of a host was certainly running, by its records. None when it can't be trusted. */
export type Recorded = (host: Host) => readonly Stretch[];

/** When the captures of both hosts were running: from their first frame to their last, and by their records. */
export class Running {
  readonly #gaps: readonly Gap[];
  readonly #recorded: Recorded;
  readonly #ran: Record<Host, { first: number; last: number }> = {
    server: { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY },
    client: { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY },
  };
  readonly #ended = new Set<Host>();
  /** Hosts whose capture has truncated packets that only their payload would identify. */
  readonly #blurred = new Set<Host>();
  /** The clock was set back while they were running. */
  isSetBack = false;

  constructor(gaps: readonly Gap[], recorded: Recorded = () => []) {
    this.#gaps = gaps;
    this.#recorded = recorded;
  }

  /** A capture has a frame at this time. */
  see(host: Host, time: number): void {
    const ran = this.#ran[host];
    ran.first = Math.min(ran.first, time);
    ran.last = Math.max(ran.last, time);
  }

  end(host: Host): void {
    this.#ended.add(host);
  }

  /** Whether it is certain by now if a capture was running at a time. */
  isKnown(host: Host, time: number): boolean {
    return this.#ended.has(host) || this.#ran[host].last >= time;
  }

  /** A truncated packet without an IP identification can't be told from others. */
  blur(host: Host): void {
    this.#blurred.add(host);
  }

  /** Why a packet that a capture lacks proves nothing; undefined if it does. */
  excuse(host: Host, from: number, to = from): WireReason | undefined {
    if (!this.#ranAt(host, from) || !this.#ranAt(host, to)) return 'before-capture';
    if (this.isSetBack) return 'clock-set';
    return mayLackPackets(this.#gaps, host, { from, to }) ? 'capture-gap' : undefined;
  }

  /** What is lost may be the first or the last packet of all, so a capture has no frame before or after it. */
  #ranAt(host: Host, time: number): boolean {
    const { first, last } = this.#ran[host];
    return (
      (time >= first && time <= last) ||
      this.#recorded(host).some(({ from, to }) => time >= from && time < to)
    );
  }

  /** The same for a packet: one without an IP identification may be there, where frames were truncated. */
  excuseOf(
    { id }: Pick<Packet, 'id'>,
    host: Host,
    [from, to]: readonly [number, number],
  ): WireReason | undefined {
    return this.excuse(host, from, to) ?? (id === 0 && this.#blurred.has(host) ? 'truncated' : undefined);
  }
}
