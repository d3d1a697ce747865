import { findKeys } from '#analysis/capture/capture-files.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { Exposing } from '#analysis/exposure/exposing.ts';
import type { MatchFinding } from '#analysis/join/matching.ts';
import { shownBy } from '#analysis/wire/describe.ts';
import type { WireFinding, WireMatch, WirePacket } from '#analysis/wire/finding.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { CaptureReader } from './capture-reader.ts';
import { Charts } from './charts.ts';
import { ClientTrips } from './client-trips.ts';
import type { ColumnPacket } from './columns.ts';
import { commentOf, fateOf, nameOfExposure, wireCommentOf } from './comments.ts';
import { Crossing } from './crossing.ts';
import type { Captured } from './growing-capture.ts';
import { GrowingJournals, type Journals, recordedJournals } from './journals.ts';
import type { IpInFrame } from './link.ts';
import { LiveJoin } from './live-join.ts';
import { type OpenChange, OpenComments } from './open-comments.ts';
import type { RunRecord } from './run-record.ts';
import { Tallies } from './tallies.ts';
import { other, Trips } from './trips.ts';

export interface SessionParts {
  readonly folder: string;
  readonly record: RunRecord;
  readonly isPlayed: boolean;
  readonly dissector: string | undefined;
  /** A packet that was shown before has one more frame of this many bytes. */
  readonly onGrown: (bytes: number) => void;
}

/** What follows from the files of one run, as long as they are the same files. */
export class Session {
  readonly trips: Trips;
  readonly charts = new Charts();
  readonly tallies: Tallies;
  readonly reader: CaptureReader;
  /** The address of the wire, if the run has one so far. */
  wire: string | undefined;
  readonly #record: RunRecord;
  readonly #journals: Journals;
  readonly #crossing: Crossing;
  readonly #join: LiveJoin;
  readonly #exposing: Readonly<Record<Host, Exposing>>;
  readonly #clientTrips: ClientTrips;
  readonly #openComments = new OpenComments();
  #starts: number;

  constructor({ folder, record, isPlayed, dissector, onGrown }: SessionParts, keys: string | undefined) {
    const { run } = record;
    const seen = new Seen();
    this.#record = record;
    this.#starts = run.starts.length;
    this.#journals = isPlayed ? recordedJournals(folder) : new GrowingJournals(folder);
    this.tallies = new Tallies(run);
    this.reader = new CaptureReader({
      ...{ folder, run, keys, dissector, isPlayed, seen },
      onFrame: (host, captured, ip) => this.#takeFrame(host, captured, ip),
      onPackets: (host, packets) => this.#takePackets(host, packets),
      onInside: (packets) => this.#join.takeInside(packets),
    });
    this.trips = new Trips({
      ...{ addresses: run.addresses, onGrown, hasWire: () => this.wire !== undefined },
      isThere: (host) => this.reader.captures[host].isThere,
      latest: (host) => this.reader.captures[host].latest,
      gaps: run.gaps,
    });
    this.#crossing = new Crossing({
      ...{ run, entries: this.#journals.wireEntries, onEntry: (entry) => this.#takeWireEntry(entry) },
      onArrival: (arrival) => this.trips.arrive(arrival),
    });
    this.#join = new LiveJoin({
      ...{ run, seen, entries: this.#journals.entries, onEntry: (entry) => this.tallies.read(entry) },
      disturbed: this.#crossing.disturbances.of('server'),
      hasKeys: keys !== undefined,
      withOpen: !isPlayed,
    });
    const exposing = (host: Host) =>
      new Exposing((frame, exposure) => {
        const name = nameOfExposure(exposure);
        if (name !== undefined) this.trips.expose(host, frame, name);
      });
    this.#exposing = { server: exposing('server'), client: exposing('client') };
    this.#clientTrips = new ClientTrips(run.addresses.client);
  }

  static async open(parts: SessionParts): Promise<Session> {
    // The key log of a run that goes on may still be empty.
    return new Session(parts, await findKeys(parts.folder, { orEmpty: !parts.isPlayed }));
  }

  /** Reads what the files have now: captures first, because an entry is written before its packets are sent. */
  async poll(): Promise<void> {
    await this.reader.poll();
    await this.#journals.poll();
    const { starts } = this.#record.run;
    const fresh = starts.slice(this.#starts);
    this.#starts = starts.length;
    if (fresh.length === 0) return;
    this.tallies.extend(fresh);
    this.#join.joining.activeProfiles.extend(fresh);
  }

  /**
   * Matches what has been read up to a time.
   *
   * @param now the time by the clock of this machine, while the run goes on; both in seconds since 1970
   */
  async moveTo(until: number, now = Number.POSITIVE_INFINITY): Promise<void> {
    const growing = hosts.filter((host) => this.reader.captures[host].hasFrames);
    this.#takeWire(await this.#crossing.moveTo({ until, now }, growing));
    this.#takeMatches(await this.#join.moveTo({ until, now }));
    for (const change of this.#openComments.moveTo(until)) this.#changeOpen(change);
    this.trips.moveTo({ until, now });
    this.charts.moveTo({ until, now });
  }

  /** The captures have ended. */
  async finish(): Promise<void> {
    await this.reader.finish();
    this.#takeWire(await this.#crossing.finish());
    this.#takeMatches(await this.#join.finish());
    for (const host of hosts) this.#exposing[host].end();
    this.trips.finish();
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.#journals.close();
  }

  #takeFrame(host: Host, captured: Captured, ip: IpInFrame | undefined): void {
    this.trips.see(host, captured, ip?.packet);
    const { number, time } = captured;
    if (ip) this.#crossing.take(host, { number, time, ...ip });
  }

  #takePackets(host: Host, packets: readonly ColumnPacket[]): void {
    for (const packet of packets) {
      this.trips.dissect(host, packet);
      if (packet.carried) this.#exposing[host].take(packet.carried);
      const trip = host === 'client' ? this.#clientTrips.take(packet) : undefined;
      if (trip !== undefined) this.charts.takeRoundTrip(packet.time, trip);
    }
    if (host === 'server') this.#join.take(packets);
  }

  #takeWireEntry(entry: WireEntry): void {
    if ('event' in entry && entry.event === 'wire') this.wire = entry.address;
    this.tallies.readWire(entry);
    this.charts.takeWire(entry);
  }

  #takeMatches(findings: readonly MatchFinding[]): void {
    for (const finding of findings) {
      if (finding.kind === 'open') this.#openComments.take(finding);
      if (finding.kind !== 'match' && finding.kind !== 'handshake') continue;
      const over = finding.kind === 'match' ? this.#openComments.settle(finding.entry) : undefined;
      if (over) this.#changeOpen(over);
      this.charts.takeMatch(finding);
      if (finding.shows !== undefined) this.trips.comment('server', finding.shows, commentOf(finding));
    }
  }

  #changeOpen({ frame, comment, isOver }: OpenChange): void {
    if (isOver) this.trips.uncomment('server', frame, comment);
    else this.trips.comment('server', frame, comment);
  }

  #takeWire(findings: readonly WireFinding[]): void {
    for (const finding of findings) {
      this.tallies.takeWire(finding);
      if (finding.kind === 'decision') this.#takeDecision(finding);
      else if (finding.kind === 'packet') this.#takeWirePacket(finding);
    }
  }

  #takeDecision(match: WireMatch): void {
    const { host, frame } = shownBy(match);
    if (frame) this.trips.comment(host, frame.number, wireCommentOf(match));
    const fate = fateOf(match);
    if (fate && match.sent) this.trips.setFate(match.from, match.sent.number, fate);
  }

  #takeWirePacket({ fortune, from, frame, arrivedAs, entry }: WirePacket): void {
    if (frame === undefined) this.trips.settleStray(other(from), arrivedAs!);
    else if (fortune === 'altered') this.trips.setFate(from, frame, 'altered');
    else if (fortune === 'lost') this.trips.setFate(from, frame, entry ? 'lost' : 'unseen');
    else if (fortune === 'unknown') this.trips.setFate(from, frame, 'arrived');
  }
}
