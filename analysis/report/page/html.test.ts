import { describe, expect, test } from '@jest/globals';
import { flow } from './facts-testing.ts';
import { renderReport } from './html.ts';
import { emptyReport, reportOf, sampleReport } from './testing.ts';

const page = renderReport(sampleReport());

/** The text of the section with this anchor, without markup. */
function sectionText(id: string, html = page): string {
  const [, body = ''] =
    new RegExp(`<section id="${id}" class="part">([\\s\\S]*?)(?=<section id=|</main>)`).exec(html) ?? [];
  return body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0]+/g, ' ');
}

describe('a report', () => {
  test('loads no other file', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|base|form)\b/i);
    expect(page).not.toMatch(/\b(src|href)="(?!#)/i);
    expect(page).not.toMatch(/ on\w+="|url\((?!#)|@import/i);
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toMatch(/^default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri/);
  });

  test('links each section from its contents', () => {
    const linked = [...page.matchAll(/<a href="#([^"]+)"/g)].map(([, id]) => id);
    const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const { experiments, threeWays } = sampleReport();
    expect(linked).toHaveLength(12 + experiments.length + threeWays.length);
    expect(linked.filter((id) => !anchors.has(id!))).toEqual([]);
  });

  test('names hosts, ports and captures', () => {
    expect(sectionText('lab')).toContain('client host 10.0.142.133');
    expect(sectionText('lab')).toContain(
      'server host 10.0.28.182 HTTP on TCP 8080, over TLS 8443 echo on TCP and UDP 9090, over TLS 9443',
    );
    expect(sectionText('lab')).toContain('client.pcap 2,308');
  });

  test('has words for experiments that agree and that do not', () => {
    expect(sectionText('experiments')).toContain('One byte is corrupted ✓ agrees');
    expect(sectionText('experiments')).toContain('A connection that is reset ✗ does not agree');
  });

  test('names the capture of a frame of the client, and what was not made', () => {
    const report = sampleReport();
    const [first, ...others] = report.experiments;
    const evidence = first!.evidence.map((one) => ({ ...one, host: 'client' as const }));
    const changed = { ...report, experiments: [{ ...first!, evidence }, ...others], notMade: ['A lost SYN'] };
    const text = sectionText('experiments', renderReport(changed));
    expect(text).toContain('frame 12 of the client the 18 bytes');
    expect(text).toContain('Not made, because this machine had no wire: A lost SYN.');
  });

  test('has words for who reads what', () => {
    expect(page).toContain(
      'The same exchange three ways</a> <span>plain text, TLS, and TLS with keys, side by side</span>',
    );
    expect(sectionText('three-ways')).toContain(
      'Plain text ✗ readable for everybody An eavesdropper reads a:b',
    );
    expect(sectionText('three-ways')).toContain('TLS with keys ✓ readable only with the keys');
  });

  test('compares configured shares with the intervals of what the packets show', () => {
    expect(sectionText('outcomes')).toContain('timeout 20.0 % 31 30 25.2 % 18.3 % to 33.7 % ✓ inside');
    expect(sectionText('outcomes')).toContain('500 10.0 % 2 2 1.7 % 0.5 % to 5.9 % ✗ outside');
    expect(page).toContain('7 of 8 configured shares within their 95 % intervals');
    expect(sectionText('outcomes')).toContain('script:loss,none 11 loss 6 of 6, none 5 of 5');
  });

  test('has what TCP did about a loss', () => {
    const text = sectionText('flows');
    expect(page).toContain('TCP at work</a> <span>3 large flows, 1 retransmission</span>');
    expect(text).toContain('client host sends, cubic 10.0.142.133:59946 → 10.0.28.182:5201');
    expect(text).toContain('Retransmitted: 1 fast.');
    expect(text).toContain('congestion window (cwnd)');
    expect(text).toContain('dropped, because there was no room');
    expect(text).not.toContain('after a timeout');
    expect(text).toContain('The largest 1 of 3.');
  });

  test('compares connections that share a path', () => {
    const other = { ...flow(1_400), client: '10.0.142.133:59948' };
    const shared = renderReport({ ...emptyReport, flows: [flow(), other], flowsInAll: 2 });
    expect(sectionText('flows', shared)).toMatch(
      /2 connections at once 3f60ac17 Fairness 1\.00 \(Jain’s index\): 1 if all have the same rate, 0\.50 if one has it all\./,
    );
    expect(sectionText('flows', shared)).toMatch(/10\.0\.142\.133:59948 10\.0\.28\.182:5201 2\.03/);
  });

  test('draws a flow of 20,000 segments in less than 200 KB', () => {
    const large = renderReport({ ...emptyReport, flows: [flow(20_000)], flowsInAll: 1 });
    const [section = ''] = /<section id="flows"[\s\S]*?<section id="exposed"/.exec(large) ?? [];
    expect(section).toContain('33 retransmissions');
    expect(section.length).toBeGreaterThan(50_000);
    expect(section.length).toBeLessThan(200_000);
  });

  test('draws every plot for wide and narrow pages, with a title and in colours of the page', () => {
    const plots = [...page.matchAll(/<figure class="plot">[\s\S]*?<\/figure>/g)].map(([plot]) => plot);
    expect(plots).toHaveLength(2 + 1 + 2 + 2 + 6);
    for (const plot of plots) {
      expect(plot).toMatch(/^<figure class="plot"><div role="img" aria-label="[^"]{20,}">/);
      expect(plot).toMatch(/<svg class="wide"[\s\S]*<svg class="narrow"/);
      expect(plot).not.toMatch(/(fill|stroke)="(#|rgb)/);
    }
  });

  test('has the verdicts and their reasons', () => {
    expect(sectionText('matching')).toContain(
      '✓ confirmed response-sent the response that was decided is in the capture 940',
    );
    expect(sectionText('matching')).toContain(
      '? unknown before-capture the capture was not running, or the message was sent before the capture began 2',
    );
    expect(sectionText('matching')).toContain('401, 402 client 10.0.142.133:52001 echo 12 bytes');
    expect(sectionText('matching')).toContain('51 http 10.0.142.133:52002 no cipher suite in common');
  });

  test('shows each exposed text once, with its frames', () => {
    expect(sectionText('exposed')).toContain('body Hey 7 36, 38, 44, 51, 58, …');
    expect(sectionText('exposed')).toContain('From the first 10 of 1,204.');
  });

  test('is the same for the same facts', () => {
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

describe('a report of an empty run', () => {
  test('names the reason at its top and in each section', () => {
    const nothing = renderReport(emptyReport);
    expect(nothing).toContain(
      '<strong>⚠ The capture of the server host has nothing to show</strong>: it has no packet',
    );
    expect(nothing.match(/Nothing to show: the captures have no frame\./g)).toHaveLength(9);
    expect(nothing).not.toContain('<figure');
  });

  test.each([
    ['no capture', [], 'There is no capture'],
    ['an empty one', [{ host: 'client', frames: 0 }], 'The capture of the client host is empty'],
    [
      'one cut short',
      [{ host: 'server', frames: 12, problem: 'cut short' }],
      'The capture of the server host can be read up to frame 12 only</strong>: cut short',
    ],
  ] as const)('names %s', (_, captures, text) => {
    expect(renderReport({ ...emptyReport, captures })).toContain(text);
  });

  test('unread datagrams are named at the top', () => {
    const page = renderReport({ ...emptyReport, lostDatagrams: 90_474 });
    expect(page).toContain('The echo server never received 90,474 UDP datagrams');
    expect(renderReport(emptyReport)).not.toContain('never received');
  });

  test('has no section of a demo if there was none', () => {
    expect(sectionText('experiments', renderReport(emptyReport))).toBe('');
    expect(sectionText('three-ways', renderReport(emptyReport))).toBe('');
  });

  test('names the reason in each empty section', () => {
    const quiet = renderReport({ ...emptyReport, captures: [{ host: 'server', frames: 3 }] });
    expect(sectionText('compared', quiet)).toContain('Nothing to show: it needs the captures of both hosts.');
  });

  test('has no shares of a period without packets', () => {
    const [period] = sampleReport().periods;
    const outcomes = period!.outcomes.map((one) => ({ ...one, seen: 0, low: 0, high: 1 }));
    const html = renderReport({ ...sampleReport(), periods: [{ ...period!, outcomes }] });
    expect(sectionText('outcomes', html)).toContain('The packets confirm none of these decisions.');
    expect(sectionText('outcomes', html)).not.toContain('NaN');
  });
});
