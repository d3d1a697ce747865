import { expect, test } from '@jest/globals';
import type { Html } from './escape.ts';
import { flow } from './facts-testing.ts';
import { flightPlot, queuePlot, tripPlot } from './flow-plots.ts';

/** The rightmost pixel of a colour in the wide drawing, whose frame ends at 878. */
function rightmost({ text }: Html, colour: string): number {
  const [, svg = ''] = /<svg class="wide"([\s\S]*?)<\/svg>/.exec(text) ?? [];
  const paths = [...svg.matchAll(new RegExp(`<path d="([^"]*)"[^>]*var\\(--${colour}\\)`, 'g'))];
  const places = paths.flatMap(([, path = '']) => [...path.matchAll(/[ML](-?[\d.]+) /g)]);
  return Math.max(...places.map(([, x]) => Number(x)));
}

test('what is sampled after the last packet is outside of the plots', () => {
  const all = flow();
  const late = { at: all.seconds + 0.1, packets: 9, dropped: 0 };
  const window = [...all.window, { at: all.seconds + 0.5, cwnd: 14_480, rtt: 20 }];
  const drawn = { ...all, window, queue: [...all.queue, late] };
  expect(rightmost(queuePlot(drawn), 'accent')).toBeLessThanOrEqual(878);
  expect(rightmost(queuePlot(drawn), 'accent')).toBeGreaterThan(400);
  expect(rightmost(flightPlot(drawn), 'bad')).toBeLessThanOrEqual(878);
  expect(rightmost(tripPlot(drawn), 'bad')).toBeLessThanOrEqual(878);
});
