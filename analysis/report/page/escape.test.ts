import { describe, expect, test } from '@jest/globals';
import { escaped, Html, html } from './escape.ts';

describe('html', () => {
  test('escapes values and keeps markup', () => {
    const inner = html`<b>${'<script>alert("x")</script>'}</b>`;
    expect(html`<p title="${`"'&`}">${inner}</p>`.text).toBe(
      '<p title="&quot;&#39;&amp;"><b>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;</b></p>',
    );
  });

  test('takes lists, numbers, and nothing for undefined', () => {
    expect(html`${[1, html`<br>`, ['<']]}${undefined}`.text).toBe('1<br>&lt;');
  });

  test('cuts a text of many characters, and no markup', () => {
    const long = 'a'.repeat(5_000);
    expect(html`${long}`.text).toBe(`${'a'.repeat(1_000)}… (4000 more characters)`);
    expect(html`${new Html(long)}`.text).toBe(long);
  });

  test('leaves no half of a character behind', () => {
    expect(html`${`${'a'.repeat(999)}😀`}`.text.isWellFormed()).toBe(true);
  });
});

test('names what a reader would not see; line breaks, tabs and other writing stay', () => {
  expect(escaped('a\u202eb\u200b\x1b[31m')).toBe('a\\u202eb\\u200b\\u001b[31m');
  expect(escaped('a\tb\nÄ 漢 😀')).toBe('a\tb\nÄ 漢 😀');
});
