import { expect, test } from '@jest/globals';
import { ExposedFacts } from './exposed-facts.ts';

test('shows the first 200 of each kind, and counts all', () => {
  const exposed = new ExposedFacts();
  for (let frame = 1; frame <= 300; frame += 1) exposed.add(frame, { what: 'body', text: 'Hey' });
  exposed.add(301, { what: 'credentials', text: 'password=late' });
  const facts = exposed.facts();
  expect([facts.exposed.length, facts.exposedInAll]).toEqual([201, 301]);
  expect(facts.exposed.at(-1)).toEqual({ frame: 301, what: 'credentials', text: 'password=late' });
});
