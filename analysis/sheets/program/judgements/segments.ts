import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Datagram } from '#lib/transfer/datagram.ts';
import { segmentKinds } from '#lib/transfer/kinds.ts';
import type { StageSeen } from '../seen/stage-seen.ts';
import type { Stage } from '../sheet/stage.ts';

/** A segment of a sender: an OPEN, a DATA or a CLOSE. */
export interface Sent {
  readonly frame: FrameRef;
  readonly datagram: Datagram;
  /** The copy before it; undefined for the first one. */
  readonly before: Sent | undefined;
  /** The smallest number that was not acknowledged when it was sent, by the ACKs that had arrived. */
  readonly base: number;
  /** When its number was first acknowledged after it was sent; undefined if never. */
  acknowledged: FrameRef | undefined;
}

/** The transfer that a stage asks for. @throws TypeError for a stage without one */
export function transferOf({ id, transfer }: Stage): NonNullable<Stage['transfer']> {
  if (transfer) return transfer;
  throw new TypeError(`the stage ${id} has no transfer`);
}

/** The segments that the program sent, with what had been acknowledged, as the capture of the client shows it. */
export function segmentsOf({ datagrams, stage }: StageSeen): Sent[] {
  const following = new Following(transferOf(stage).mode === 'go-back-n');
  for (const { frame, fromClient, datagram } of datagrams) {
    if (datagram?.kind === 'ACK' && !fromClient) following.acknowledge(datagram.ack, frame);
    else if (datagram && fromClient && isSegment(datagram)) following.send(datagram, frame);
  }
  return following.all;
}

function isSegment({ kind }: Datagram): boolean {
  return segmentKinds.some((one) => one === kind);
}

/** Follows a sender by its datagrams and the ACKs that arrive. */
class Following {
  readonly all: Sent[] = [];
  readonly #isCumulative: boolean;
  readonly #latest = new Map<number, Sent>();
  readonly #acknowledged = new Set<number>();
  #base = 0;

  /** @param isCumulative whether an ACK is for all numbers before it too */
  constructor(isCumulative: boolean) {
    this.#isCumulative = isCumulative;
  }

  send(datagram: Datagram, frame: FrameRef): void {
    const before = this.#latest.get(datagram.sequence);
    const sent = { frame, datagram, before, base: this.#base, acknowledged: undefined };
    this.#latest.set(datagram.sequence, sent);
    this.all.push(sent);
  }

  acknowledge(ack: number, frame: FrameRef): void {
    for (let number = this.#isCumulative ? this.#base : ack; number <= ack; number += 1) {
      this.#acknowledged.add(number);
      const sent = this.#latest.get(number);
      if (sent) sent.acknowledged ??= frame;
    }
    while (this.#acknowledged.has(this.#base)) this.#base += 1;
  }
}

/** Why there is no segment: what the program sent instead. */
export function withoutSegments({ datagrams, ran }: StageSeen): {
  readonly shown: string;
  readonly frames: FrameRef[];
} {
  const broken = datagrams.find(({ fromClient, datagram }) => fromClient && !datagram);
  if (broken) {
    const shown = `the datagram in frame ${broken.frame.number} has a wrong form, length or tag, so the server drops it`;
    return { shown, frames: [broken.frame] };
  }
  const words = ran.stderr.trimEnd().split('\n').at(-1) ?? '';
  return {
    shown: `no datagram of a transfer${words === '' ? '' : `; its last error: ${words.slice(0, 100)}`}`,
    frames: [],
  };
}
