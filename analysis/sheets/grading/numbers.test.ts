import { expect, test } from '@jest/globals';
import { runIn } from '#lib/journal/run.ts';
import { Flags } from './flags.ts';
import { judgeNumbers } from './numbers.ts';

test.each(['', 'none', '1.2'])('a run whose server host has the address "%s" is flagged', async (server) => {
  const flags = new Flags();
  const ports = { http: 1, https: 2, echo: 3, echoTls: 4 };
  const run = runIn('', { addresses: { server, client: '' }, ports });
  const assignment = { sheet: 'echo', course: '', student: 'ann', nonce: '', language: 'en' } as const;
  await judgeNumbers(assignment, { folder: '/nonexistent', run }, flags);
  expect(flags.all().map(({ flag }) => flag)).toEqual(['seed-differs', 'address-differs']);
});
