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
    const { matches } = observations.under('http', profiles.balance);
    if (matches.length === 0) return nothing('request to /getbalance');
    const counts = new Map<string, number>();
    for (const { entry } of matches)
      if (isHttp(entry)) counts.set(entry.outcome, (counts.get(entry.outcome) ?? 0) + 1);
    const shares = [...counts].map(([outcome, count]) => `${count} × ${outcome}`);
    const confirmed = matches.filter((match) => isConfirmed(match) && match.verdict !== 'open').length;
    const firsts = [...counts.keys()].map((outcome) =>
      matches.find(({ entry }) => isHttp(entry) && entry.outcome === outcome),
    );
    return {
      agrees: matches.length === REQUESTS && confirmed === REQUESTS,
      seen: `${matches.length} requests: ${shares.join(', ')}, ${confirmed} of them as the journal says`,
      evidence: firsts.flatMap((match) => {
        if (!match || !isHttp(match.entry)) return [];
        const says =
          match.verdict === 'silent'
            ? `the first timeout: nothing leaves${match.end ? ` until the connection ends in frame ${match.end.number}` : ''}`
            : `the first ${match.entry.outcome}`;
        return [{ frame: observations.frame(match.shows), says }];
      }),
    };
  },
};
