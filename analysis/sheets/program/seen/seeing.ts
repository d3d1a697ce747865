import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Carried, Packet } from '#analysis/capture/packet.ts';
import type { Finding } from '#analysis/join/join.ts';
import type { Listener } from '#analysis/join/listen.ts';
import type { MatchUnder } from '#analysis/join/matching.ts';
import { isDatagram, timeOf } from '#lib/journal/entries.ts';
import type { DatagramEntry, EventNamed } from '#lib/journal/schema.ts';
import type { Transport } from '#lib/lab/ports.ts';
import { checksum } from '#lib/message/message.ts';
import { decodeDatagram, isOfTransfer } from '#lib/transfer/datagram.ts';
import { drawnFor } from '../sheet/drawn.ts';
import type { ClientResult, Records, StageRecord } from '../sheet/record.ts';
import type { Partner, Stage } from '../sheet/stage.ts';
import { asks, type Said, Saying } from './said.ts';
import type { Attempt, SeenDatagram, StageSeen } from './stage-seen.ts';

export interface SeeingParts {
  readonly sheet: { readonly prints: readonly string[]; readonly stages: readonly Stage[] };
  readonly seed: string;
  readonly records: Records;
  /** The address of the client host. */
  readonly client: string;
}

/** Journals have milliseconds, captures microseconds. */
const ROUNDING = 0.001;
/** The most packets to other ports that are kept. */
const STRAYS = 20;

const transportOf = {
  http: 'tcp',
  'echo-tcp': 'tcp',
  'echo-udp': 'udp',
  'own-tcp': 'tcp',
  'own-udp': 'udp',
} as const satisfies Record<Partner, Transport>;

/** A stage while the capture is read. A stage lasts until the next one begins, and late packets of its conversations are its. */
class Open {
  readonly record: StageRecord;
  readonly stage: Stage;
  readonly saying = new Saying();
  readonly requests: Omit<Attempt, 'match'>[] = [];
  readonly datagrams: Omit<SeenDatagram, 'match'>[] = [];
  readonly strays: { readonly frame: FrameRef; readonly to: string }[] = [];
  readonly transfers: EventNamed<'transfer'>[] = [];
  readonly decided: DatagramEntry[] = [];

  constructor(record: StageRecord, stage: Stage) {
    this.record = record;
    this.stage = stage;
  }
}

/** Collects what the capture of the client shows of each stage. */
export class Seeing implements Listener {
  readonly wants = { frames: true } as const;
  readonly #parts: SeeingParts;
  readonly #open: Open[];
  /** By the numbers of its frames. */
  readonly #matches = new Map<number, MatchUnder>();
  /** The stage in which the client last began each conversation with a server; undefined before the first stage. */
  readonly #conversations = new Map<string, Open | undefined>();

  constructor(parts: SeeingParts) {
    this.#parts = parts;
    const stageOf = new Map(parts.sheet.stages.map((stage) => [stage.id, stage]));
    this.#open = parts.records.stages.flatMap((record) => {
      const stage = stageOf.get(record.stage);
      return stage ? [new Open(record, stage)] : [];
    });
  }

  takePackets(packets: readonly Packet[]): void {
    for (const { carried } of packets) {
      const open = carried && this.#stageOf(carried);
      if (open) this.#take(carried, open);
    }
  }

  take(finding: Finding): void {
    if (finding.kind === 'match') {
      const { entry } = finding;
      const open = this.#at(timeOf(entry) + ROUNDING);
      // What was before the check is not kept: a run can be long.
      if (!open) return;
      if (isDatagram(entry)) open.decided.push(entry);
      for (const { number } of [...finding.request, ...finding.response]) this.#matches.set(number, finding);
    } else if (finding.kind === 'event' && finding.event.event === 'transfer') {
      this.#at(timeOf(finding.event) + ROUNDING)?.transfers.push(finding.event);
    } else if (finding.kind === 'frame' && finding.frame.requests.length > 0) {
      const { number, time, client, requests } = finding.frame;
      const open = this.#at(time);
      for (const text of requests)
        open?.requests.push({ frame: { number, time }, text, isRight: true, client });
    }
  }

  /** What was seen of each stage, after the capture was read. */
  stages(): StageSeen[] {
    return this.#open.map((open) => this.#seen(open));
  }

  /** A delayed echo may arrive when the next stage has begun. It belongs to the stage in which it was asked for. */
  #stageOf(carried: Carried): Open | undefined {
    const { transport, server, toServer, from, to, time } = carried;
    if (server === undefined) return this.#at(time);
    const conversation = `${transport} ${toServer ? `${from} ${to}` : `${to} ${from}`}`;
    const begins = transport === 'udp' || asks(carried) || !this.#conversations.has(conversation);
    if (toServer && begins) this.#conversations.set(conversation, this.#at(time));
    return this.#conversations.get(conversation);
  }

  #at(time: number): Open | undefined {
    return this.#open.findLast(({ record }) => record.began <= time);
  }

  #take(carried: Carried, open: Open): void {
    const { transport, server, overTls, from, to, number, time, payload, toServer } = carried;
    const { partner } = open.stage;
    const partnerName = partner === 'http' ? 'http' : 'echo';
    if (transport === transportOf[partner] && server === partnerName && !overTls) {
      if (transport === 'udp' && isOfTransfer(payload))
        open.datagrams.push({
          frame: { number, time },
          fromClient: toServer,
          client: toServer ? from : to,
          datagram: decodeDatagram(payload),
        });
      else open.saying.take(carried);
      return;
    }
    const isKnock = from.startsWith(`${this.#parts.client}:`) && (transport === 'udp' || asks(carried));
    if (isKnock && open.strays.length < STRAYS)
      open.strays.push({ frame: { number, time }, to: `${to} over ${transport.toUpperCase()}` });
  }

  #seen({ stage, record, saying, requests, datagrams, strays, transfers, decided }: Open): StageSeen {
    const { seed, sheet, records } = this.#parts;
    saying.finish();
    const { said, talks } = saying;
    const attempts = stage.partner === 'http' ? requests : said.flatMap(attemptOf);
    return {
      ...{ stage, ran: record, talks, said, strays, transfers, decided },
      drawn: drawnFor(stage, seed),
      printed: printedIn(record.stdout, sheet.prints),
      attempts: attempts.map((one) => ({ ...one, match: this.#matches.get(one.frame.number) })),
      datagrams: datagrams.map((one) => ({ ...one, match: this.#matches.get(one.frame.number) })),
      clients: records.clients.get(stage.id) ?? NO_CLIENTS,
    };
  }
}

const NO_CLIENTS: readonly ClientResult[] = [];

function attemptOf({ by, frame, message, talk }: Said): Omit<Attempt, 'match'>[] {
  if (by === 'server') return [];
  const { body, tag } = message;
  return [{ frame, text: body.toString(), isRight: tag === checksum(body), client: talk.client }];
}

/** The answers that a program says it accepted. */
export function printedIn(stdout: string, prints: readonly string[]): string[] {
  return stdout.split('\n').flatMap((line) => {
    const begin = prints.find((one) => line.startsWith(one));
    return begin === undefined ? [] : [line.slice(begin.length).trimEnd()];
  });
}
