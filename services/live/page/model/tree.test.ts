import { expect, test } from '@jest/globals';
import type { Layer } from '../../contract.ts';
import { asciiOf, bytesOf, hexOf } from './bytes.ts';
import { branchesOf, layerAt, layerOfByte, openedAtFirst, parentOf } from './tree.ts';

const layer = (label: string, at: number, length: number, layers: readonly Layer[] = []): Layer => ({
  label,
  source: 0,
  at,
  length,
  layers,
});

const layers = [
  layer('Ethernet', 0, 14, [layer('Destination', 0, 6)]),
  layer('TCP', 14, 20, [layer('Ports', 14, 4, [layer('Source port', 14, 2)]), layer('Window', 28, 2)]),
];

test('only layers whose parents are open are seen', () => {
  expect(branchesOf(layers, new Set()).map(({ layer: { label } }) => label)).toEqual(['Ethernet', 'TCP']);
  const open = branchesOf(layers, new Set(['1', '1.0']));
  expect(open.map(({ path, depth }) => [path, depth])).toEqual([
    ['0', 1],
    ['1', 1],
    ['1.0', 2],
    ['1.0.0', 3],
    ['1.1', 2],
  ]);
  expect(open.at(-1)).toMatchObject({ position: 2, siblings: 2, isOpen: false });
});

test('a byte leads to the smallest layer that has it', () => {
  expect(layerOfByte(layers, 0, 15)).toEqual({ path: '1.0.0', ancestors: ['1', '1.0'] });
  expect(layerOfByte(layers, 0, 17)).toEqual({ path: '1.0', ancestors: ['1'] });
  expect(layerOfByte(layers, 0, 30)).toEqual({ path: '1', ancestors: [] });
  expect(layerOfByte(layers, 0, 99)).toBeUndefined();
  expect(layerOfByte(layers, 1, 15)).toBeUndefined();
});

test('paths lead to layers and to their parents', () => {
  expect(layerAt(layers, '1.0.0')?.label).toBe('Source port');
  expect(layerAt(layers, '7.1')).toBeUndefined();
  expect(parentOf('1.0.0')).toBe('1.0');
  expect(parentOf('1')).toBeUndefined();
  expect(openedAtFirst(layers)).toEqual(new Set(['1']));
});

test('a tree of any size has an end', () => {
  const many = Array.from({ length: 5_000 }, (_, index) => layer(`n${index}`, index, 1));
  expect(branchesOf(many, new Set()).length).toBe(2_000);
});

test('bytes as hex and text', () => {
  const bytes = bytesOf('48659a0a7e');
  expect([...bytes]).toEqual([0x48, 0x65, 0x9a, 0x0a, 0x7e]);
  expect([...bytes].map(asciiOf).join('')).toBe('He..~');
  expect([...bytes].map(hexOf).join(' ')).toBe('48 65 9a 0a 7e');
});
