import { expect, test } from '@jest/globals';
import { Faults } from '#lib/faults/faults.ts';
import { outcomes } from './outcomes.ts';
import { startPage, startPageHeaders } from './start-page.ts';

function pageOf(profile: string, hasLogin = false) {
  const none = { kind: 'probabilities', of: new Map() } as const;
  const faults = new Faults('http', outcomes, { profile: none, seed: 'alice' });
  faults.prepare({ profile })();
  return startPage(faults.status(), { timeoutSeconds: 15, hasLogin });
}

test('explains the server, its paths and the probability of each outcome', () => {
  const page = pageOf('timeout=0.2,403=0.25,500=0.125');
  expect(page).toContain('<h1>This HTTP server fails on purpose</h1>');
  expect(page.match(/(?<=href=")\/[^"]*/g)).toEqual(['/getbalance', '/getlogs']);
  expect(page.match(/\w+ <span class="share">[^<]*/g)).toEqual([
    'timeout <span class="share">20 %',
    '403 <span class="share">25 %',
    '500 <span class="share">12.5 %',
    '200 <span class="share">42.5 %',
  ]);
  expect(page).toContain('nothing for 15 s');
});

test('has a link to /login when there is one', () => {
  expect(pageOf('none', true)).toContain('href="/login"');
});

test('shows a script', () => {
  expect(pageOf('script:403,none')).toContain('<code>403, 200</code>');
});

test('runs no script and fetches no file', () => {
  expect(pageOf('none')).not.toMatch(/<script|src=|url\(|@import|style=/);
  expect(startPageHeaders['content-security-policy']).toMatch(/^default-src 'none';/);
});
