import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Assignment, clientAddressOf, labSeedOf, parseAssignment, seedOf } from './assignment.ts';

const ada: Assignment = { sheet: 'tcp-loss', course: 'net1', student: 'ada', nonce: '', language: 'en' };
const network = { subnet: '10.0.0.0/16', taken: ['10.0.28.182', '10.0.77.1'] };

test('the seed is the SHA-256 of sheet, course, student and nonce', () => {
  expect(seedOf(ada)).toBe('c2bbd077f5128cb9e7ad5caa7aa61a5fffec822721c44a10c39a435cd85db9ae');
});

test('another sheet, course, student or nonce has another seed, another language the same', () => {
  const others: Partial<Assignment>[] = [
    { sheet: 'http' },
    { course: 'net2' },
    { student: 'ben' },
    { nonce: '2027' },
    { course: 'net1ada', student: 'x' },
  ];
  const seeds = [ada, ...others.map((other) => ({ ...ada, ...other }))].map(seedOf);
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(seedOf({ ...ada, language: 'de' })).toBe(seedOf(ada));
  expect(labSeedOf(ada)).toBe(seedOf(ada).slice(0, 16));
});

test('the client has an address of the subnet that no other host has', () => {
  const names = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
  fc.assert(
    fc.property(names, (student) => {
      const address = clientAddressOf({ ...ada, student }, network);
      expect(address).toMatch(/^10\.0\.\d{1,3}\.\d{1,3}$/);
      expect(['10.0.0.0', '10.0.0.1', '10.0.255.255', ...network.taken]).not.toContain(address);
    }),
  );
});

test('a small subnet is enough, and one without room is refused', () => {
  const small = { subnet: '192.168.7.0/29', taken: ['192.168.7.3', '192.168.7.4'] };
  expect(['192.168.7.5', '192.168.7.6']).toContain(clientAddressOf(ada, small));
  const full = { ...small, taken: ['192.168.7.3', '192.168.7.4', '192.168.7.5', '192.168.7.6'] };
  expect(() => clientAddressOf(ada, full)).toThrow(/^LAB_SUBNET is "192.168.7.0\/29"; allowed: /);
  expect(() => clientAddressOf(ada, { ...small, subnet: 'x' })).toThrow('allowed: such as 10.0.0.0/16');
});

test.each([
  ['', 'sheet.json is damaged'],
  ['{}', 'sheet.json is damaged: sheet'],
  [JSON.stringify({ ...ada, student: '../x' }), 'sheet.json is damaged: student: allowed: up to 40 letters'],
  [JSON.stringify({ ...ada, language: 'fr' }), 'sheet.json is damaged: language: allowed: en, de'],
])('%j is no assignment', (text, why) => {
  expect(() => parseAssignment(text)).toThrow(why);
});
