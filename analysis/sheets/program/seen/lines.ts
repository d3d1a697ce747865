import type { FrameRef } from '#analysis/capture/frames.ts';
import { describeMatch } from '#analysis/join/describe.ts';
import type { MatchUnder } from '#analysis/join/matching.ts';
import { nameOf } from './names.ts';
import { framesLater } from './order.ts';
import type { Attempt, SeenDatagram, StageSeen } from './stage-seen.ts';

/** One packet of a stage that matters, in words. */
export interface Line {
  readonly frame: FrameRef;
  /** Seconds since the program began. */
  readonly at: number;
  readonly words: string;
}

/** At most this many characters of a message are shown. */
const LONGEST = 80;

/** What happened in a stage: attempts, what the server decided, resets. */
export function linesOf({ attempts, talks, ran, strays, datagrams }: StageSeen): Line[] {
  const answered = new Map<MatchUnder, Attempt>(
    attempts.flatMap((one) => (one.match ? [[one.match, one]] : [])),
  );
  const lines = [
    ...[...Map.groupBy(attempts, ({ text }) => text).values()].flatMap((ofMessage) =>
      ofMessage.map(({ frame, text }, at) => ({
        frame,
        words: `attempt ${at + 1}: ${text.slice(0, LONGEST)}`,
      })),
    ),
    ...[...answered.keys()].map(answerLine),
    ...talks.flatMap(({ reset }) =>
      reset ? [{ frame: reset.frame, words: `the ${reset.by} resets the connection` }] : [],
    ),
    ...datagrams.map((one) => ({ frame: one.frame, words: describeSeen(one) })),
    ...strays.map(({ frame, to }) => ({ frame, words: `a packet to ${to}` })),
  ];
  return framesLater(lines).map((line) => ({ ...line, at: line.frame.time - ran.began }));
}

function answerLine(match: MatchUnder): { readonly frame: FrameRef; readonly words: string } {
  const { response, request } = match;
  const [first] = response;
  return first
    ? { frame: first, words: `the answer: ${describeMatch(match)}` }
    : { frame: request.at(-1)!, words: `no answer: ${describeMatch(match)}` };
}

function describeSeen({ datagram, fromClient, match }: SeenDatagram): string {
  const number = datagram?.kind === 'ACK' ? datagram.ack : datagram?.sequence;
  const what = datagram ? `${datagram.kind} ${number}` : 'a datagram that can not be read';
  const fault = match && nameOf(match.entry);
  return `${fromClient ? '' : '                '}${what}${fault && fault !== 'none' ? `   fault=${fault}` : ''}`;
}
