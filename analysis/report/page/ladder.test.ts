import { describe, expect, test } from '@jest/globals';
import type { Ladder, Rung } from '../facts/facts.ts';
import { hexOf } from './facts-testing.ts';
import { gapBefore, ladders } from './ladder.ts';
import { emptyReport } from './testing.ts';

function rung(at: number, more: Partial<Rung> = {}): Rung {
  return { frame: 1, at, toServer: true, protocol: 'TCP', info: 'Len=0', bytes: '', ...more };
}

function drawn(rungs: readonly Rung[], more: Partial<Ladder> = {}): string {
  const ladder = { title: 'Echo', client: 'c:1', server: 's:9090', rungs, moreRungs: 0, ...more };
  return ladders({ ...emptyReport, ladders: [ladder] }).body?.text ?? '';
}

describe('the space between two arrows', () => {
  test('grows with the time between them', () => {
    const pixels = [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.099].map(
      (at) => gapBefore(rung(5), rung(5 + at)).pixels,
    );
    expect(pixels).toEqual(pixels.toSorted((one, other) => one - other));
    expect(new Set(pixels).size).toBeGreaterThan(4);
    expect(Math.min(...pixels)).toBe(4);
    expect(Math.max(...pixels)).toBeLessThanOrEqual(28);
  });

  test('breaks at a wait and names its length', () => {
    expect(gapBefore(rung(0), rung(0.09)).waits).toBeUndefined();
    expect(gapBefore(rung(0.01), rung(3)).waits).toBeCloseTo(2.99);
    expect(gapBefore(undefined, rung(3)).waits).toBeUndefined();
    expect(drawn([rung(0), rung(2.99)])).toContain('2.990\u00a0s without a packet');
  });

  test('is the smallest one if the clock was set back', () => {
    expect(gapBefore(rung(1), rung(0.5))).toEqual({ pixels: 4 });
  });
});

describe('an arrow', () => {
  test('of a packet that was lost on the way ends halfway with a cross', () => {
    const lost = drawn([
      rung(0, { isLost: true }),
      rung(1, { isLost: true, ofClient: true, toServer: true }),
    ]);
    expect(lost.match(/x2="50%"/g)).toHaveLength(2);
    expect(lost.match(/class="cross"/g)).toHaveLength(2);
    expect(lost).toContain('aria-label="to the server, lost on the way"');
    expect(lost).toContain('<b>client 1</b>');
    expect(lost).not.toContain('marker-end');
    expect(drawn([rung(0)])).not.toContain('cross');
  });

  test('goes down from its sender to its receiver', () => {
    const [there, back] = [drawn([rung(0)]), drawn([rung(0, { toServer: false })])];
    expect(there).toMatch(/aria-label="to the server"><line x1="0%" y1="4" x2="100%" y2="20"/);
    expect(back).toMatch(/aria-label="to the client"><line x1="100%" y1="4" x2="0%" y2="20"/);
  });

  test('unfolds to its bytes if it has some', () => {
    const text = drawn([rung(0, { frame: 36, bytes: hexOf('Hey'), info: 'Len=3', comment: 'fault=none' })]);
    expect(text).toMatch(
      /<details><summary>[\s\S]*<b>36<\/b>[\s\S]*Len=3[\s\S]*3 bytes[\s\S]*<\/summary>\n<pre/,
    );
    expect(text).toContain('48 65 79');
    expect(text).toContain('fault=none');
    expect(drawn([rung(0)])).not.toContain('<details><summary>');
  });

  test('escapes texts of the packet and the journal', () => {
    const evil = '<img src=x onerror=alert(1)>';
    const text = drawn([rung(0, { info: evil, protocol: evil, comment: evil, bytes: hexOf(evil) })], {
      title: evil,
      client: evil,
    });
    expect(text).not.toContain('<img');
  });
});

test('frames that are not drawn are counted', () => {
  expect(drawn([rung(0)], { moreRungs: 7 })).toContain('7 more frames in the capture.');
});

test('without an exchange there is nothing to show', () => {
  expect(ladders(emptyReport).body).toBeUndefined();
});
