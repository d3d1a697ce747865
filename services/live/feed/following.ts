import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORD } from '#lib/journal/run.ts';
import { hosts } from '#lib/lab/hosts.ts';
import { CaptureLostError, timeOfNewest } from './growing-capture.ts';
import type { Outbox } from './outbox.ts';
import { RunRecord } from './run-record.ts';
import { Session } from './session.ts';
import type { Showing } from './showing.ts';
import type { FeedOptions } from './types.ts';

export interface FollowingParts {
  readonly options: FeedOptions;
  readonly showing: Showing;
  readonly outbox: Outbox;
  readonly signal: AbortSignal;
}

/** How often files are read, and packets shown in between, in ms. */
const TURN_MS = 40;
const SHOWN_MS = 20;
/** How long to wait before beginning again, in ms. */
const AGAIN_MS = 500;
/** Frames and entries are matched this much later, in seconds, when captures and journals have been written. */
const HOLD = 0.2;
/** How often the record of the run is read, and tallies are told, in seconds. */
const SOMETIMES = 0.5;
const TOLD = 0.25;
/** When more than this many seconds are unread, they are left out, up to the newest ones. */
const BEHIND = 3;
const NEWEST = 0.2;
/** How long the first packets may take, and how long something stays a problem, in seconds. */
const FIRST = 15;
const PROBLEM = 5;
/** How many packets are shown at first. */
const BEGINS = 5_000;

/** Why a session has ended. */
interface Ended {
  readonly text: string;
  readonly isOtherRun: boolean;
}

/** Follows the files of a folder from run to run, until the signal. */
export async function follow(parts: FollowingParts): Promise<void> {
  const { options, outbox, signal } = parts;
  const { sleep } = options.clock;
  let from: number | undefined;
  while (!signal.aborted) {
    const following = await Following.begin(parts, from).catch((error: Error) => {
      outbox.sendProblem('run', `packets can't be read: ${error.message}`);
    });
    const ended = await following?.run();
    await following?.close();
    if (ended) outbox.sendProblem('run', ended.text);
    if (ended) from = ended.isOtherRun ? undefined : following!.latest;
    await sleep(AGAIN_MS, signal).catch(() => undefined);
  }
}

class Following {
  readonly #parts: FollowingParts;
  readonly #record: RunRecord;
  readonly #session: Session;
  readonly #began: number;
  #looked = 0;
  #told = 0;
  #isCaughtUp = false;
  /** When packets were left out last, and how many are counted so far. */
  #leftOut: { readonly since: number; readonly before: number; readonly counted: number } | undefined;

  constructor(parts: FollowingParts, record: RunRecord, session: Session) {
    this.#parts = parts;
    this.#record = record;
    this.#session = session;
    this.#began = this.#now;
  }

  /**
   * @param from shows only packets from after this time, in seconds since 1970; without it, the newest ones
   * @returns undefined when no lab has run here
   */
  static async begin(parts: FollowingParts, from: number | undefined): Promise<Following | undefined> {
    const { options, outbox, showing } = parts;
    const { folder, defaults, dissector, begins = BEGINS } = options;
    const isThere = await access(join(folder, RECORD)).then(
      () => true,
      () => false,
    );
    if (!isThere) {
      outbox.sendProblem(
        'run',
        `no lab runs: there is no ${RECORD} in the captures folder; make up starts a lab`,
      );
      return undefined;
    }
    const record = new RunRecord(folder, defaults);
    await record.open();
    const onGrown = (bytes: number) => showing.past.grow(bytes);
    const session = await Session.open({ folder, record, isPlayed: false, dissector, onGrown });
    showing.begin(session);
    try {
      const times = from === undefined ? hosts.map((host) => timeOfNewest(folder, host, begins)) : [from];
      const first = Math.max(...(await Promise.all(times)));
      for (const host of hosts) session.reader.captures[host].skipTo(first);
      return new Following(parts, record, session);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** From just after this time on, nothing was shown. */
  get latest(): number {
    const { captures } = this.#session.reader;
    const latest = Math.max(...hosts.map((host) => captures[host].latest));
    // After the clock was set back, frames from before that seem to be later than now.
    return Math.min(latest, this.#now) + 1e-6;
  }

  /** @returns why it ended; undefined after the signal */
  async run(): Promise<Ended | undefined> {
    const { signal } = this.#parts;
    const { sleep } = this.#parts.options.clock;
    try {
      while (!signal.aborted) {
        const ended = await this.#look();
        if (ended) return ended;
        await this.#turn();
        for (let waited = 0; waited < TURN_MS; waited += SHOWN_MS) {
          await sleep(SHOWN_MS, signal);
          this.#parts.showing.showPackets();
        }
      }
    } catch (error) {
      if (signal.aborted) return undefined;
      const { message } = error as Error;
      const text = error instanceof CaptureLostError ? message : `packets can't be read: ${message}`;
      return { text, isOtherRun: false };
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  get #now(): number {
    return this.#parts.options.clock.now() / 1000;
  }

  /** Reads what is new, matches it and shows it. */
  async #turn(): Promise<void> {
    const { showing } = this.#parts;
    const now = this.#now;
    await this.#session.poll();
    this.#keepUp(this.#now);
    await this.#session.moveTo(Math.min(now - HOLD, this.#session.reader.reached - 1e-6), now);
    showing.showPackets();
    showing.showChanges();
    if (now < this.#told + TOLD) return;
    this.#told = now;
    showing.showTallies();
  }

  /** Now and then: whether it is still the same run, and what is not as it should be. */
  async #look(): Promise<Ended | undefined> {
    const now = this.#now;
    if (now < this.#looked + SOMETIMES) return undefined;
    this.#looked = now;
    if ((await this.#record.poll()) === 'other') {
      return { text: 'a new run has begun: its packets follow', isOtherRun: true };
    }
    const { outbox } = this.#parts;
    const isLong = now > this.#began + PROBLEM;
    if (isLong) outbox.sendProblem('run', '');
    for (const host of hosts) {
      const { broken, isThere } = this.#session.reader.captures[host];
      const missing = isThere || !isLong ? '' : `there is no ${host}.pcap`;
      outbox.sendProblem(
        host,
        broken === undefined ? missing : `${host}.pcap can't be read any further: ${broken}`,
      );
    }
    const isSkipping = hosts.some((host) => this.#session.reader.captures[host].isSkipping);
    if (this.#leftOut && !isSkipping && now > this.#leftOut.since + PROBLEM) {
      this.#leftOut = undefined;
      outbox.sendProblem('speed', '');
    }
    return undefined;
  }

  /** Leaves packets out when there are more than this machine can dissect. */
  #keepUp(now: number): void {
    const { reader } = this.#session;
    const isLate = reader.reached < now - BEHIND;
    this.#isCaughtUp ||= (reader.isAtEnd && !isLate) || now > this.#began + FIRST;
    this.#count();
    const isSkipping = hosts.some((host) => reader.captures[host].isSkipping);
    if (!this.#isCaughtUp || !isLate || !reader.isHeldUp || isSkipping) return;
    // Those from before the last time are still being dissected.
    if (this.#leftOut && reader.reached < this.#leftOut.before) return;
    const before = now - NEWEST;
    for (const host of hosts) {
      const capture = reader.captures[host];
      this.#record.addGap({ host, from: capture.latest, to: before });
      capture.skipTo(before);
    }
    this.#leftOut = { since: now, before, counted: this.#skipped };
    this.#parts.outbox.sendProblem(
      'speed',
      'packets come faster than they can be dissected here, so some are left out; the captures have all of them',
    );
  }

  /** Tells how many packets were left out, once that is certain. */
  #count(): void {
    const { captures } = this.#session.reader;
    if (!this.#leftOut || hosts.some((host) => captures[host].isSkipping)) return;
    const count = this.#skipped - this.#leftOut.counted;
    if (count > 0) this.#parts.showing.leaveOut({ count, before: this.#leftOut.before });
    this.#leftOut = { ...this.#leftOut, counted: this.#skipped };
  }

  /** Each packet between the hosts is in both captures. */
  get #skipped(): number {
    const { captures } = this.#session.reader;
    return Math.max(...hosts.map((host) => captures[host].skipped));
  }
}
