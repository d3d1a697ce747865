import { expect, test } from '@jest/globals';
import { octetsOf, valuesOf } from './tshark.ts';

test('the values of a field are told apart by what stands between them', () => {
  expect(valuesOf('1,2')).toEqual(['1', '2']);
  expect(valuesOf('/a,b /c', ' ')).toEqual(['/a,b', '/c']);
  expect(valuesOf('')).toEqual([]);
  expect(valuesOf(undefined)).toEqual([]);
});

test.each([
  ['48657921', undefined],
  ['486579,21', undefined],
  ['48,6579,21', ','],
  ['48 6579 21', ' '],
])('the octets of the records in %s', (field, aggregator) => {
  expect(octetsOf(field, aggregator)).toEqual(Buffer.from('Hey!'));
});
