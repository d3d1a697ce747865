import { describe, expect, test } from '@jest/globals';
import type { ThreeWays, Way } from '#analysis/experiments/results.ts';
import type { Report } from '../facts/facts.ts';
import { emptyReport, sampleReport } from './testing.ts';
import { threeWays } from './three-ways.ts';

const [login, message] = sampleReport().threeWays;

function bodyOf(...said: ThreeWays[]): string {
  const report: Report = { ...emptyReport, threeWays: said };
  return threeWays(report).body?.text ?? '';
}

/** The parts of each way in their order, markup taken out but for marks: what is read, then what is on the wire. */
function ways(said: ThreeWays): { gists: string[]; wires: string[] } {
  const all = [...bodyOf(said).matchAll(/<section class="way \w*">([\s\S]*?)<\/section>/g)].map(([, text]) =>
    text!
      .replaceAll(/<(?!\/?mark)[^>]+>/g, ' ')
      .replaceAll(/[ \n]+/g, ' ')
      .trim(),
  );
  return { gists: all.slice(0, 3), wires: all.slice(3) };
}

function withWay(said: ThreeWays, name: Way['name'], changed: Partial<Way>): ThreeWays {
  return { ...said, ways: said.ways.map((way) => (way.name === name ? { ...way, ...changed } : way)) };
}

describe('the same exchange three ways', () => {
  test('says in one look who reads what', () => {
    expect(ways(login!).gists).toEqual([
      'Plain text ✗ everybody reads it An eavesdropper reads <mark>a:b</mark> It goes over the wire as base64.',
      'TLS ✓ nobody reads it An eavesdropper reads nothing You, with the keys, read nothing , as nobody kept them',
      'TLS, and its keys ✓ only with the keys An eavesdropper reads nothing You, with the keys, read <mark>a:b</mark>',
    ]);
  });

  test('shows the bytes of each, the secret marked where it is to be read', () => {
    const [plain, sealed, opened] = ways(login!).wires;
    expect(plain).toMatch(/^Plain text frame 4 69 bytes 0000 47 45 54 /);
    expect(plain).toContain('<mark>59 54 70</mark>');
    expect(sealed).toMatch(/^TLS frame 10 5 bytes of header, 86 sealed 0000 17 03 03 00 56 a7 /);
    expect(sealed).not.toContain('<mark>');
    expect(opened).toMatch(/^TLS, and its keys frame 20 5 bytes of header, 86 sealed 0000 17 03 /);
    expect(opened).toMatch(/opened with the keys GET \/login .* Basic <mark>YTpi<\/mark>$/);
  });

  test('tells side by side what TLS does not hide, and where the server name stands', () => {
    const body = bodyOf(login!);
    expect(body).toContain('<td data-head="">Length</td><td data-head="Plain text">69 bytes</td>');
    expect(body).toContain('<td data-head="">Server name</td><td data-head="Plain text">–</td>');
    expect(body).toMatch(/frame 8<\/b> The first packet of the client/);
    expect(body).not.toContain('frame 18<');
    expect(body.replaceAll(/<\/?mark>/g, '')).toContain('73 65 72');
  });

  test('has all three places, also that of a way that was not found', () => {
    const { gists, wires } = ways(message!);
    expect(gists).toHaveLength(3);
    expect(gists[1]).toBe('TLS There is no such exchange in the capture.');
    expect(wires[1]).toBe('TLS There is no such exchange in the capture.');
    expect(bodyOf(message!)).toContain('<td data-head="TLS">–</td>');
    expect(bodyOf(message!)).toContain('✗ does not agree');
    expect(bodyOf(message!)).toContain(message!.seen);
  });

  test('says so of a way over TLS that everybody reads', () => {
    const leaking = withWay(login!, 'TLS', { readBy: 'everybody' });
    expect(ways(leaking).gists[1]).toContain(
      'TLS ✗ everybody reads it An eavesdropper reads <mark>a:b</mark>',
    );
  });

  test.each(['', 'not in it', 'YTpi'])('escapes what is opened, with the secret %j', (secret) => {
    const evil = withWay({ ...login!, secret }, 'TLS, and its keys', { opened: '<img src=x>YTpi<script>' });
    const body = bodyOf(evil);
    expect(body).toContain('&lt;img src=x&gt;');
    expect(body).toContain('&lt;script&gt;');
    expect(body).not.toMatch(/<(img|script)/);
  });

  test.each([
    [[login!, message!], '1 of 2 agree'],
    [[], 'nothing was said three ways'],
  ])('sums up %#', (said, says) => {
    const section = threeWays({ ...emptyReport, threeWays: said });
    expect(section.says).toBe(says);
    expect(section.body === undefined).toBe(said.length === 0);
  });
});
