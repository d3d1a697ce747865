import { expect, test } from '@jest/globals';
import { Scoreboard } from './scoreboard.ts';

test('only the new part of a block is returned', () => {
  const board = new Scoreboard();
  expect(board.add({ from: 100, to: 200 })).toEqual([{ from: 100, to: 200 }]);
  expect(board.add({ from: 100, to: 300 })).toEqual([{ from: 200, to: 300 }]);
  expect(board.add({ from: 150, to: 250 })).toEqual([]);
  expect(board.bytes).toBe(200);
});

test('a block that fills a hole joins both sides', () => {
  const board = new Scoreboard();
  board.add({ from: 300, to: 400 });
  board.add({ from: 100, to: 200 });
  expect(board.add({ from: 50, to: 500 })).toEqual([
    { from: 50, to: 100 },
    { from: 200, to: 300 },
    { from: 400, to: 500 },
  ]);
  expect(board.bytes).toBe(450);
});

test('acknowledged bytes are dropped', () => {
  const board = new Scoreboard();
  board.add({ from: 100, to: 200 });
  board.add({ from: 300, to: 400 });
  board.drop(150);
  expect(board.bytes).toBe(150);
  expect(board.hasAbove(399)).toBe(true);
  board.drop(1_000);
  expect(board.bytes).toBe(0);
  expect(board.hasAbove(0)).toBe(false);
});
