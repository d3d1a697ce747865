import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Protocol } from '#lib/faults/echo/fault.ts';
import { Message } from '#lib/message/message.ts';
import { createAnswering } from './answering.ts';
import { createLab, type Lab } from './testing.ts';

const peer = { address: '10.0.142.133', port: 40_001 };

let lab: Lab;

beforeEach(async () => {
  lab = await createLab('tcp');
});

afterEach(() => lab.close());

async function answer(text: string, protocol: Protocol = 'tcp') {
  const { steps, journaled } = createAnswering(protocol, lab.parts)(new Message(Buffer.from(text)), peer, {});
  await journaled;
  return steps;
}

describe('the printed lines', () => {
  test.each<[string, Protocol, string]>([
    ['without a fault', 'tcp', '[TCP SERVER] Message Received: Hey|e4599fa9\n[SERVER] No fault.'],
    [
      'without a fault',
      'udp',
      "[UDP SERVER] Received from ('10.0.142.133', 40001): Hey|e4599fa9\n[SERVER] No fault.",
    ],
  ])('%s on %s', async (_when, protocol, said) => {
    await answer('Hey|e4599fa9\n', protocol);
    expect(lab.said).toEqual([said]);
  });

  test('of a fault have a line each', async () => {
    lab.script('loss');
    await answer('Hey');
    expect(lab.said).toEqual(['[TCP SERVER] Message Received: Hey\n[TCP SERVER] Simulating packet loss\n']);
  });
});

describe('the journal entry', () => {
  const entry = {
    timestamp: '2025-01-02T03:04:05.006Z',
    client_ip: '10.0.142.133',
    fault: 'none',
    id: 1,
    client_port: 40_001,
    message: 1,
    protocol: 'tcp',
    length: 3,
  };

  test('of a plain message has no tag', async () => {
    await answer('Hey\n');
    expect(await lab.entries()).toEqual([entry]);
  });

  test('of a tagged message has its tag, right or wrong', async () => {
    await answer('Hey|00000000\n');
    expect(await lab.entries()).toEqual([{ ...entry, tag: '00000000' }]);
  });

  test('of a fault has the same details as its steps', async () => {
    lab.script('delay');
    expect(await answer('Hey')).toContainEqual({ do: 'wait', milliseconds: 1_500 });
    expect(await lab.entries()).toEqual([{ ...entry, fault: 'delay', delay_ms: 1_500 }]);
  });

  test('of a message that can not have the fault names it, and the message comes back', async () => {
    lab.script('corruption');
    expect(await answer('\n')).toEqual([{ do: 'send', bytes: Buffer.from('\n') }]);
    expect(await lab.entries()).toEqual([{ ...entry, length: 0, drawn: 'corruption' }]);
    expect(lab.said).toEqual(['[TCP SERVER] Message Received: \n[SERVER] No fault.']);
  });

  test('counts messages from 1 and has ids of its journal', async () => {
    lab.parts.journal.nextId();
    await answer('one');
    await answer('two');
    expect(await lab.entries()).toMatchObject([
      { id: 2, message: 1 },
      { id: 3, message: 2 },
    ]);
  });
});
