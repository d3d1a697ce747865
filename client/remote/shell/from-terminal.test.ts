import { expect, test } from '@jest/globals';
import { readFrame } from './from-terminal.ts';

test.each([{ columns: 80, rows: 24 }, { columns: 1, rows: 1_000 }, { taken: 1 }])('%j', (frame) => {
  expect(readFrame(JSON.stringify(frame))).toEqual(frame);
});

test.each([
  '',
  'null',
  '{"columns":80}',
  '{"columns":0,"rows":24}',
  '{"columns":1001,"rows":24}',
  '{"columns":80.5,"rows":24}',
  '{"columns":"80","rows":"24"}',
  '{"taken":0}',
  '{"taken":-1}',
  '{"taken":1,"columns":80,"rows":24}',
])('%s is none', (text) => {
  expect(readFrame(text)).toBeUndefined();
});
