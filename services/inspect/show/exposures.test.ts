import { expect, test } from '@jest/globals';
import { Exposures } from './exposures.ts';

test('one line sums up what was exposed, with frames and secrets', () => {
  const exposures = new Exposures();
  expect(exposures.line).toBe('Exposed in plain text: nothing');
  exposures.add(5, { what: 'body', text: 'Hey' });
  expect(exposures.line).toBe('Exposed in plain text: 1 body (frame 5)');
  for (let frame = 9; frame < 22; frame += 1) exposures.add(frame, { what: 'body', text: 'Hey' });
  exposures.add(31, { what: 'credentials', text: 'alice:secret' });
  expect(exposures.line).toBe(
    'Exposed in plain text: 14 bodies (frames 5, 9, 10, …), 1 password (frame 31: alice:secret)',
  );
  exposures.add(35, { what: 'credentials', text: 'alice:secret' });
  exposures.add(36, { what: 'credentials', text: 'token=b' });
  expect(exposures.line).toMatch(/3 passwords \(frames 31, 35: alice:secret; frame 36: token=b\)$/);
});

test('what there is much of is counted', () => {
  const exposures = new Exposures();
  for (let frame = 1; frame <= 1_000; frame += 1) {
    exposures.add(frame, { what: 'cookie', text: `${frame}`.padEnd(100, '.') });
  }
  const id = (frame: number) => `frame ${frame}: ${`${frame}`.padEnd(60, '.')}…`;
  expect(exposures.line).toBe(`Exposed in plain text: 1000 cookies (${id(1)}; ${id(2)}; ${id(3)}; …)`);
});
