import { isConfirmed } from '#analysis/join/verdicts.ts';
import { isHttp } from '#lib/journal/entries.ts';
import { type DemoExperiment, nothing } from './experiment.ts';
import { profiles } from './steps.ts';

const REQUESTS = 20;
export const balance: DemoExperiment = {
  title: 'Twenty balance requests',
  expected: `${REQUESTS} requests: 200, 403 and 500 are answered at once, a timeout not at all until the client gives up`,
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
  evaluate(observations) {
    const { matches } = observations.under('http', profiles.balance);
    if (matches.length === 0) return nothing('request to /getbalance');
    const counts = new Map<string, number>();
    for (const { entry } of matches)
      if (isHttp(entry)) counts.set(entry.outcome, (counts.get(entry.outcome) ?? 0) + 1);
    const shares = [...counts].map(([outcome, count]) => `${count} × ${outcome}`);
    const confirmed = matches.filter((match) => isConfirmed(match) && match.reason !== 'pending').length;
    const firsts = [...counts.keys()].map((outcome) =>
      matches.find(({ entry }) => isHttp(entry) && entry.outcome === outcome),
    );
    return {
      agrees: matches.length === REQUESTS && confirmed === REQUESTS,
      seen: `${matches.length} requests: ${shares.join(', ')}; packets confirm ${confirmed} of them`,
      evidence: firsts.flatMap((match) => {
        if (!match || !isHttp(match.entry)) return [];
        const caption =
          match.reason === 'nothing-sent'
            ? `the first timeout: no response${match.end ? ` before the connection ends in frame ${match.end.number}` : ''}`
            : `the first ${match.entry.outcome}`;
        return [{ frame: observations.frame(match.shows), caption }];
      }),
    };
  },
};
