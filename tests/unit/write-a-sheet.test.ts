import { expect, test } from '@jest/globals';
import { read } from '../declared/project.ts';

test.each(['sheet.md', 'sheet.json', 'answers.json'])(
  'the page about sheets shows the %s of the handshake as it is',
  (name) => {
    const language = name.endsWith('.md') ? 'markdown' : 'json';
    const shown = `\`\`\`${language}\n${read(`sheets/handshake/${name}`)}\`\`\``;
    expect(read('docs/teach/write-a-sheet.md')).toContain(shown);
  },
);
