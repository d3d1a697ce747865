import { expect, test } from '@jest/globals';
import { renderReport } from './html.ts';
import { emptyReport, sampleReport } from './testing.ts';
import { wire } from './wire.ts';
import { wireFacts } from './wire-testing.ts';

const none = { all: 0, by: {}, without: 0 };
const compared = {
  ...sampleReport().compared!,
  wire: {
    ...{ lost: { all: 30, by: { loss: 29 }, without: 1 }, altered: none, late: none, twice: none },
    ...{ overtaken: none, stray: none, overtakenPackets: [], strayPackets: [], missed: 0, refused: 0 },
    decisions: wireFacts.decisions,
    contradicted: [
      { id: 7, decision: 'fault=loss', reason: 'arrived-anyway', host: 'client', frame: 12 } as const,
    ],
  },
};
const report = { ...sampleReport(), wire: wireFacts, compared };

/** Text without markup. */
function textOf(html: string | undefined): string {
  return (html ?? '').replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0]+/g, ' ');
}

test('the section tells what was in force, and compares each probability with what packets show', () => {
  const { body, summary } = wire(report);
  const text = textOf(body?.text);
  expect(summary).toBe('108 of 109 decisions confirmed by packets');
  expect(text).toContain('alice faults loss=0.2 nothing');
  expect(text).toContain('up loss 20 of 21 20.0 % 20.0 % 13.0 % to 29.0 % ✓ inside');
  expect(text).toContain('down loss 9 of 9 50.0 % 10.0 % 5.0 % to 18.0 % ✗ outside');
  expect(text).toContain('up delay 79 of 79 – 79.0 % 70.0 % to 90.0 % –');
  expect(text).toContain('From 2026-11-22 01:29:41 UTC 100 packets up, 90 packets down');
  expect(text).toContain('contradicted arrived-anyway the packet was decided to be lost, and it arrived 1');
  expect(text).toContain('7 fault=loss the packet was decided to be lost, and it arrived 12 of the client');
});

test('delays and queues have plots with texts that say the same', () => {
  const { body } = wire(report);
  expect(body!.text).toContain(
    'Half of the packets were to be delayed by at most 2.5\u00a0ms, and took at most 5.0\u00a0ms.',
  );
  expect(textOf(body!.text)).toContain(
    'Queue up, client to server At most 29 packets waited, and 4 found no room.',
  );
});

test('the page has the section only for a run with a wire', () => {
  expect(renderReport(report)).toContain('<section id="wire"');
  expect(renderReport(report)).toContain('the wire, 10.0.77.1');
  expect(renderReport(sampleReport())).not.toContain('id="wire"');
  expect(wire(emptyReport).body).toBeUndefined();
});

test('both ends compared names what explains each packet', () => {
  expect(textOf(renderReport(report))).toContain('lost on the way 30 29 by loss 1');
});
