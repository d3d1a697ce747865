import { describe, expect, test } from '@jest/globals';
import { renderReport } from './html.ts';
import { emptyReport, reportOf, sampleReport } from './testing.ts';

const page = renderReport(sampleReport());

/** The text of the part with this anchor, markup taken out. */
function part(id: string, html = page): string {
  const [, body = ''] =
    new RegExp(`<section id="${id}" class="part">([\\s\\S]*?)(?=<section id=|</main>)`).exec(html) ?? [];
  return body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0]+/g, ' ');
}

describe('a report', () => {
  test('needs nothing but itself', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|base|form)\b/i);
    expect(page).not.toMatch(/\b(src|href)="(?!#)/i);
    expect(page).not.toMatch(/ on\w+="|url\((?!#)|@import/i);
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toMatch(/^default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri/);
  });

  test('links each part from its contents', () => {
    const linked = [...page.matchAll(/<a href="#([^"]+)"/g)].map(([, id]) => id);
    const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    expect(linked).toHaveLength(11 + sampleReport().experiments.length);
    expect(linked.filter((id) => !anchors.has(id!))).toEqual([]);
  });

  test('names hosts, ports and captures', () => {
    expect(part('lab')).toContain('client host 10.0.142.133');
    expect(part('lab')).toContain(
      'server host 10.0.28.182 HTTP on TCP 8080, over TLS 8443 echo on TCP and UDP 9090, over TLS 9443',
    );
    expect(part('lab')).toContain('client.pcap 2,308');
  });

  test('tells by words which experiments agree', () => {
    expect(part('experiments')).toContain('One byte is corrupted ✓ agrees');
    expect(part('experiments')).toContain('A connection that is reset ✗ does not agree');
  });

  test('tells by words who reads what was said three ways', () => {
    expect(page).toContain('The same exchange three ways</a> <span>1 of 2 agree</span>');
    expect(part('three-ways')).toContain('Plain text ✗ everybody reads it An eavesdropper reads a:b');
    expect(part('three-ways')).toContain('TLS, and its keys ✓ only with the keys');
  });

  test('compares what is configured with the interval of what the packets show', () => {
    expect(part('outcomes')).toContain('timeout 20.0 % 31 30 25.2 % 18.3 % to 33.7 % ✓ inside');
    expect(part('outcomes')).toContain('500 10.0 % 2 2 1.7 % 0.5 % to 5.9 % ✗ outside');
    expect(page).toContain('7 of 8 configured shares within their 95 % intervals');
    expect(part('outcomes')).toContain('script:loss,none 11 loss 6 of 6, none 5 of 5');
  });

  test('draws every plot for wide and narrow pages, with its title, in the colours of the page', () => {
    const plots = [...page.matchAll(/<figure class="plot">[\s\S]*?<\/figure>/g)].map(([plot]) => plot);
    expect(plots).toHaveLength(2 + 1 + 2 + 2);
    for (const plot of plots) {
      expect(plot).toMatch(/^<figure class="plot"><div role="img" aria-label="[^"]{20,}">/);
      expect(plot).toMatch(/<svg class="wide"[\s\S]*<svg class="narrow"/);
      expect(plot).not.toMatch(/(fill|stroke)="(#|rgb)/);
    }
  });

  test('tells what the packets confirm, contradict and can’t say', () => {
    expect(part('ties')).toContain('✓ confirm it answered what was decided left 940');
    expect(part('ties')).toContain(
      '? can’t say outside the capture was not running then, or its message was sent before it began 2',
    );
    expect(part('ties')).toContain('401, 402 client 10.0.142.133:52001 echo 12 bytes');
    expect(part('ties')).toContain('51 http 10.0.142.133:52002 no cipher suite in common');
  });

  test('shows each text that was exposed once, with its frames', () => {
    expect(part('exposed')).toContain('body Hey 7 36, 38, 44, 51, 58, …');
    expect(part('exposed')).toContain('From the first 10 of 1,204.');
  });

  test('is the same each time', () => {
    expect(renderReport(sampleReport())).toBe(page);
  });

  test('stays small with thousands of marks', () => {
    const large = renderReport(sampleReport({ decisions: 5_000, points: 3_000 }));
    expect(large.length).toBeLessThan(1_500_000);
  });
});

test('no text of a capture or a journal becomes markup', () => {
  const spoiled = renderReport(reportOf(`"><script>alert('x')</script><img src=x onerror=alert(1)>`));
  expect(spoiled.match(/<(script|img)/gi)).toBeNull();
  expect(spoiled.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(50);
});

describe('a report of next to nothing', () => {
  test('says so at its top and in each part', () => {
    const nothing = renderReport(emptyReport);
    expect(nothing).toContain(
      '<strong>⚠ The capture of the server host has nothing to show</strong>: there is no packet in it',
    );
    expect(nothing.match(/Nothing to show: the captures hold no frame to show it from\./g)).toHaveLength(8);
    expect(nothing).not.toContain('<figure');
  });

  test.each([
    ['no capture', [], 'There is no capture'],
    ['an empty one', [{ host: 'client', frames: 0 }], 'The capture of the client host is empty'],
    [
      'one cut short',
      [{ host: 'server', frames: 12, problem: 'cut short' }],
      'The capture of the server host could be read up to frame 12 only</strong>: cut short',
    ],
  ] as const)('names %s', (_, captures, text) => {
    expect(renderReport({ ...emptyReport, captures })).toContain(text);
  });

  test('datagrams that never got to the echo server are told first', () => {
    const page = renderReport({ ...emptyReport, lostDatagrams: 90_474 });
    expect(page).toContain('90,474 UDP datagrams never got to the echo server');
    expect(renderReport(emptyReport)).not.toContain('never got to the echo server');
  });

  test('has no part of a demo where there was none', () => {
    expect(part('experiments', renderReport(emptyReport))).toBe('');
    expect(part('three-ways', renderReport(emptyReport))).toBe('');
  });

  test('says of each part why there is nothing', () => {
    const quiet = renderReport({ ...emptyReport, captures: [{ host: 'server', frames: 3 }] });
    expect(part('compared', quiet)).toContain('Nothing to show: it takes the captures of both hosts.');
  });

  test('has no share of a period that the packets do not show', () => {
    const [period] = sampleReport().periods;
    const outcomes = period!.outcomes.map((one) => ({ ...one, seen: 0, low: 0, high: 1 }));
    const html = renderReport({ ...sampleReport(), periods: [{ ...period!, outcomes }] });
    expect(part('outcomes', html)).toContain('The packets confirm none of these decisions.');
    expect(part('outcomes', html)).not.toContain('NaN');
  });
});
