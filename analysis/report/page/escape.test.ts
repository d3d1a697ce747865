import { describe, expect, test } from '@jest/globals';
import { escaped, Html, html } from './escape.ts';

describe('html', () => {
  test('escapes values and keeps markup', () => {
    const inner = html`<b>${'<script>alert("x")</script>'}</b>`;
    expect(html`<p title="${`"'&`}">${inner}</p>`.text).toBe(
      '<p title="&quot;&#39;&amp;"><b>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;</b></p>',
    );
  });

  test('takes lists and numbers, and prints nothing for undefined', () => {
    expect(html`${[1, html`<br>`, ['<']]}${undefined}`.text).toBe('1<br>&lt;');
  });

  test('shortens a long text, but no markup', () => {
    const long = 'a'.repeat(5_000);
    expect(html`${long}`.text).toBe(`${'a'.repeat(1_000)}… (4000 more characters)`);
    expect(html`${new Html(long)}`.text).toBe(long);
  });

  test('never splits a character', () => {
    expect(html`${`${'a'.repeat(999)}😀`}`.text.isWellFormed()).toBe(true);
  });
});

test('escapes invisible characters, but no line breaks, tabs or other scripts', () => {
  expect(escaped('a\u202eb\u200b\x1b[31m')).toBe('a\\u202eb\\u200b\\u001b[31m');
  expect(escaped('a\tb\nÄ 漢 😀')).toBe('a\tb\nÄ 漢 😀');
});
