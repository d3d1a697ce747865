import { describe, expect, test } from '@jest/globals';
import { markOf, type ProseNode, sectionsOf } from './prose-tree.ts';

const nodesOf = (prose: string) => sectionsOf(prose).flatMap(({ nodes }) => nodes);
/** The tree as one would write it in HTML, with brackets. */
const shown = (node: ProseNode): string =>
  typeof node === 'string' ? node : `[${node.tag} ${node.nodes.map(shown).join('')}]`;
const tree = (prose: string) => nodesOf(prose).map(shown).join('');

describe('prose as a tree', () => {
  test.each([
    ['# A *lost* segment', '[h1 A [em lost] segment]'],
    ['Look at `tcp.seq`, **twice**.', '[p Look at [code tcp.seq], [strong twice].]'],
    ['```sh\nmake up\nmake down\n```', '[pre [code make up\nmake down\n]]'],
    ['- one\n- two', '[ul \n[li one]\n[li two]\n]'],
    ['one  \ntwo\n\n---', '[p one[br ]\ntwo][hr ]'],
    [
      '| a | b |\n| --- | ---: |\n| 1 | 2 |',
      '[table \n[thead \n[tr \n[th a]\n[th b]\n]\n]\n[tbody \n[tr \n[td 1]\n[td 2]\n]\n]\n]',
    ],
  ])('%j', (prose, expected) => {
    expect(tree(prose)).toBe(expected);
  });

  test('characters of HTML are characters', () => {
    expect(tree('a < b && c > "d" &lt;&#x26;')).toBe('[p a < b && c > "d" <&]');
  });

  test('markup in the prose is text', () => {
    expect(tree('<script>alert(1)</script>\n\nx <img src=x onerror=alert(1)> &lt;b&gt;')).toBe(
      '[p <script>alert(1)</script>][p x <img src=x onerror=alert(1)> <b>]',
    );
  });

  test('a picture is its description, and only links to other servers are links', () => {
    expect(tree('![a host](host.png "title")')).toBe('[p a host]');
    const prose = '[a](https://x.example/?a=1&b=2) [b](../../docs) [c](javascript:alert) [d](//x.example)';
    const [paragraph] = nodesOf(prose);
    const links = typeof paragraph === 'string' ? [] : (paragraph?.nodes ?? []);
    expect(links.flatMap((link) => (typeof link === 'string' ? [] : [link.href]))).toEqual([
      'https://x.example/?a=1&b=2',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('sections', () => {
  const head = (question: string) => `${markOf(question)}**Question ${question}** (1 point)`;
  const sections = (prose: string) =>
    sectionsOf(prose).map(({ nodes, questions }) => [nodes.map(shown).join(''), questions]);

  test('a question has its paragraphs up to the next question or heading', () => {
    const prose = `# Sheet\n\nRead.\n\n${head('1')} Which?\n\n    a\n\n${head('2')} Why?\n\n## More\n\nEnd.`;
    expect(sections(prose)).toEqual([
      ['[h1 Sheet][p Read.]', []],
      ['[p [strong Question 1] (1 point) Which?][pre [code a\n]]', ['1']],
      ['[p [strong Question 2] (1 point) Why?]', ['2']],
      ['[h2 More][p End.]', []],
    ]);
  });

  test('a heading, or a list, can ask too', () => {
    expect(sections(`## ${head('1')}\n\nWhich?\n\n- ${head('2a')}\n- ${head('2b')}`)).toEqual([
      ['[h2 [strong Question 1] (1 point)][p Which?]', ['1']],
      ['[ul \n[li [strong Question 2a] (1 point)]\n[li [strong Question 2b] (1 point)]\n]', ['2a', '2b']],
    ]);
  });
});
