import { describe, expect, test } from '@jest/globals';
import type { ThreeWays, Way } from '#analysis/experiments/results.ts';
import type { Report } from '../facts/facts.ts';
import { emptyReport, sampleReport } from './testing.ts';
import { threeWays } from './three-ways.ts';

const [login, message] = sampleReport().threeWays;

function bodyOf(...all: ThreeWays[]): string {
  const report: Report = { ...emptyReport, threeWays: all };
  return threeWays(report).body?.text ?? '';
}

/** The parts of each way without markup, except marks: first who reads what, then the bytes on the wire. */
function ways(one: ThreeWays): { gists: string[]; wires: string[] } {
  const all = [...bodyOf(one).matchAll(/<section class="way \w*">([\s\S]*?)<\/section>/g)].map(([, text]) =>
    text!
      .replaceAll(/<(?!\/?mark)[^>]+>/g, ' ')
      .replaceAll(/[ \n]+/g, ' ')
      .trim(),
  );
  return { gists: all.slice(0, 3), wires: all.slice(3) };
}

function withWay(one: ThreeWays, name: Way['name'], changed: Partial<Way>): ThreeWays {
  return { ...one, ways: one.ways.map((way) => (way.name === name ? { ...way, ...changed } : way)) };
}

describe('the same exchange three ways', () => {
  test('shows at a glance who reads what', () => {
    expect(ways(login!).gists).toEqual([
      'Plain text ✗ readable for everybody An eavesdropper reads <mark>a:b</mark> It is base64 on the wire.',
      'TLS ✓ unreadable An eavesdropper reads nothing You, with the keys, read nothing , because nobody kept them',
      'TLS with keys ✓ readable only with the keys An eavesdropper reads nothing You, with the keys, read <mark>a:b</mark>',
    ]);
  });

  test('shows the bytes of each, with the secret marked where it is readable', () => {
    const [plain, encrypted, decrypted] = ways(login!).wires;
    expect(plain).toMatch(/^Plain text frame 4 69 bytes 0000 47 45 54 /);
    expect(plain).toContain('<mark>59 54 70</mark>');
    expect(encrypted).toMatch(/^TLS frame 10 5 bytes of header, 86 encrypted 0000 17 03 03 00 56 a7 /);
    expect(encrypted).not.toContain('<mark>');
    expect(decrypted).toMatch(/^TLS with keys frame 20 5 bytes of header, 86 encrypted 0000 17 03 /);
    expect(decrypted).toMatch(/decrypted with the keys GET \/login .* Basic <mark>YTpi<\/mark>$/);
  });

  test('shows side by side what TLS does not hide, and the server name in its frame', () => {
    const body = bodyOf(login!);
    expect(body).toContain('<td data-head="">Length</td><td data-head="Plain text">69 bytes</td>');
    expect(body).toContain('<td data-head="">Server name</td><td data-head="Plain text">–</td>');
    expect(body).toMatch(/frame 8<\/b> The client's first TLS packet/);
    expect(body).not.toContain('frame 18<');
    expect(body.replaceAll(/<\/?mark>/g, '')).toContain('73 65 72');
  });

  test('has all three columns, also that of a way that was not found', () => {
    const { gists, wires } = ways(message!);
    expect(gists).toHaveLength(3);
    expect(gists[1]).toBe('TLS The capture has no such exchange.');
    expect(wires[1]).toBe('TLS The capture has no such exchange.');
    expect(bodyOf(message!)).toContain('<td data-head="TLS">–</td>');
    expect(bodyOf(message!)).toContain('✗ does not agree');
    expect(bodyOf(message!)).toContain(message!.seen);
  });

  test('shows that a way over TLS is readable for everybody', () => {
    const leaking = withWay(login!, 'TLS', { readBy: 'everybody' });
    expect(ways(leaking).gists[1]).toContain(
      'TLS ✗ readable for everybody An eavesdropper reads <mark>a:b</mark>',
    );
  });

  test.each(['', 'not in it', 'YTpi'])('escapes the decrypted text, with the secret %j', (secret) => {
    const evil = withWay({ ...login!, secret }, 'TLS with keys', { decrypted: '<img src=x>YTpi<script>' });
    const body = bodyOf(evil);
    expect(body).toContain('&lt;img src=x&gt;');
    expect(body).toContain('&lt;script&gt;');
    expect(body).not.toMatch(/<(img|script)/);
  });

  test.each([
    [[login!, message!], 'plain text, TLS, and TLS with keys, side by side'],
    [[], 'no exchange was made three ways'],
  ])('has the summary %#', (all, summary) => {
    const section = threeWays({ ...emptyReport, threeWays: all });
    expect(section.summary).toBe(summary);
    expect(section.body === undefined).toBe(all.length === 0);
  });
});
