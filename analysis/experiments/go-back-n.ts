import type { Match } from '#analysis/join/finding.ts';
import { isDatagram } from '#lib/journal/entries.ts';
import { type DemoExperiment, nothing, type Shown } from './experiment.ts';
import { faults, profiles } from './steps.ts';

export const goBackN: DemoExperiment = {
  title: 'Go-back-N over a lossy wire',
  expected: 'every lost segment is retransmitted, and all data arrives',
  steps: ({ server, ports }) => [
    faults('udp', profiles.transfer),
    [
      'client',
      'client',
      'send',
      server,
      String(ports.echo),
      '--protocol-mode',
      'go-back-n',
      '--count',
      '60',
      '--window',
      '8',
    ],
  ],
  evaluate(observations) {
    const { matches, transfers } = observations.under('echo-udp', profiles.transfer);
    const received = transfers.find(({ state }) => state === 'received');
    const segments = matches.filter(
      ({ entry, reason }) =>
        reason === 'received' &&
        isDatagram(entry) &&
        entry.direction === 'in' &&
        entry.sequence !== undefined,
    );
    if (segments.length === 0 || !received) return nothing('complete transfer');
    // The loss of a needless retransmission needs no further one.
    const lost = segments.filter((match) => isLost(match) && !hadArrived(match, segments));
    const recovered = lost.filter((match) => retransmissionOf(match, segments));
    const retransmissions = segments.length - new Set(segments.map(sequenceOf)).size;
    const [example] = recovered;
    const copy = example && retransmissionOf(example, segments);
    const evidence: Shown[] = [];
    if (example && copy) {
      const number = sequenceOf(example);
      evidence.push({
        frame: observations.frame(example.shows),
        caption: `segment ${number}, lost after the capture point`,
      });
      evidence.push({ frame: observations.frame(copy.shows), caption: `segment ${number}, retransmitted` });
    }
    return {
      agrees: lost.length > 0 && recovered.length === lost.length,
      seen:
        `${segments.length} segments sent; ${lost.length} lost, ${recovered.length} of these retransmitted; ` +
        `${retransmissions} retransmissions in all; ${received.bytes} bytes received`,
      evidence,
    };
  },
};

function isLost({ entry }: Match): boolean {
  return 'fault' in entry && entry.fault === 'loss';
}

function hadArrived(match: Match, segments: readonly Match[]): boolean {
  return segments.some(
    (other) => other.entry.id < match.entry.id && sequenceOf(other) === sequenceOf(match) && !isLost(other),
  );
}

/** The next segment with the same number. */
function retransmissionOf(match: Match, segments: readonly Match[]): Match | undefined {
  return segments.find((other) => other.entry.id > match.entry.id && sequenceOf(other) === sequenceOf(match));
}

function sequenceOf({ entry }: Match): number | undefined {
  return isDatagram(entry) ? entry.sequence : undefined;
}
