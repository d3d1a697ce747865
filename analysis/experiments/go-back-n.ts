import type { Match } from '#analysis/join/finding.ts';
import { isDatagram } from '#lib/journal/entries.ts';
import { type DemoExperiment, nothing, type Shown } from './experiment.ts';
import { faults, profiles } from './steps.ts';

export const goBackN: DemoExperiment = {
  section: '3.2.4',
  title: 'Go-back-N over a wire that loses',
  expected: 'every lost segment comes again, and all arrives',
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
  look(observations) {
    const { matches, transfers } = observations.under('echo-udp', profiles.transfer);
    const received = transfers.find(({ state }) => state === 'received');
    const segments = matches.filter(
      ({ entry, verdict }) =>
        verdict === 'came' && isDatagram(entry) && entry.direction === 'in' && entry.sequence !== undefined,
    );
    if (segments.length === 0 || !received) return nothing('transfer that arrived');
    // A copy of one that had arrived, sent as its ACK was late, need not come again when it is lost.
    const lost = segments.filter((match) => isLost(match) && !hadArrived(match, segments));
    const cured = lost.filter((match) => comesAgain(match, segments));
    const again = segments.length - new Set(segments.map(sequenceOf)).size;
    const [example] = cured;
    const copy = example && comesAgain(example, segments);
    const evidence: Shown[] = [];
    if (example && copy) {
      const number = sequenceOf(example);
      evidence.push({
        frame: observations.frame(example.shows),
        says: `segment ${number}, lost behind the capture`,
      });
      evidence.push({ frame: observations.frame(copy.shows), says: `segment ${number} again` });
    }
    return {
      agrees: lost.length > 0 && cured.length === lost.length,
      seen:
        `${segments.length} segments came, ${lost.length} of them were lost before they had arrived and ${cured.length} of these came again; ` +
        `${again} came again in all; ${received.bytes} bytes arrived`,
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

/** The next of the same number. */
function comesAgain(match: Match, segments: readonly Match[]): Match | undefined {
  return segments.find((other) => other.entry.id > match.entry.id && sequenceOf(other) === sequenceOf(match));
}

function sequenceOf({ entry }: Match): number | undefined {
  return isDatagram(entry) ? entry.sequence : undefined;
}
