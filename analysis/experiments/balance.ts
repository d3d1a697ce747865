import { isConfirmed } from '#analysis/join/verdicts.ts';
import { isHttp } from '#lib/journal/entries.ts';
import { type DemoExperiment, nothing } from './experiment.ts';
import { profiles } from './steps.ts';

const REQUESTS = 20;
export const balance: DemoExperiment = {
  section: 'document 1, 3',
  title: 'Twenty balance requests',
  expected: `${REQUESTS} requests; 200, 403 and 500 answered at once, a timeout by nothing until the client gives up`,
  steps: ({ server, ports, timeout }) => [
    [
      'client',
      'client',
      'balance',
      server,
      String(ports.http),
      '--requests',
      String(REQUESTS),
      '--timeout',
      String(timeout),
    ],
  ],
  look(observations) {
    const { ties } = observations.under('http', profiles.balance);
    if (ties.length === 0) return nothing('request to /getbalance');
    const counts = new Map<string, number>();
    for (const { entry } of ties)
      if (isHttp(entry)) counts.set(entry.outcome, (counts.get(entry.outcome) ?? 0) + 1);
    const shares = [...counts].map(([outcome, count]) => `${count} × ${outcome}`);
    const confirmed = ties.filter((tie) => isConfirmed(tie) && tie.verdict !== 'open').length;
    const firsts = [...counts.keys()].map((outcome) =>
      ties.find(({ entry }) => isHttp(entry) && entry.outcome === outcome),
    );
    return {
      agrees: ties.length === REQUESTS && confirmed === REQUESTS,
      seen: `${ties.length} requests: ${shares.join(', ')}, ${confirmed} of them as the journal says`,
      evidence: firsts.flatMap((tie) => {
        if (!tie || !isHttp(tie.entry)) return [];
        const says =
          tie.verdict === 'silent'
            ? `the first timeout: nothing leaves${tie.end ? ` until the connection ends in frame ${tie.end.number}` : ''}`
            : `the first ${tie.entry.outcome}`;
        return [{ frame: observations.frame(tie.shows), says }];
      }),
    };
  },
};
