import { decide, type Step } from '#lib/faults/echo/fault.ts';
import { faultCalled } from '#lib/faults/echo/index.ts';
import type { DatagramEntry } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { Message } from '#lib/message/message.ts';
import { timestamps } from '#lib/runtime/timestamps.ts';
import { type Datagram, tagAsSent } from '#lib/transfer/datagram.ts';
import type { Answer, AnsweringParts } from '../answering.ts';
import type { Peer } from '../peer.ts';

/** `in`: from the client to the server. `out`: from the server to the client. */
export type Direction = 'in' | 'out';

/**
 * Decides what happens to a datagram of a transfer on its way, and journals it. Undefined when there is nothing to
 * decide: the profile is `none`, or a script for messages. A transfer of many megabytes would fill the journal with
 * entries that have no information.
 */
export type DatagramFaults = (
  direction: Direction,
  bytes: Buffer,
  datagram: Datagram | undefined,
  peer: Peer,
) => Answer | undefined;

/** Decides with the draws of messages, for each datagram of a transfer, in both directions. A loss is always silent. */
export function createDatagramFaults({
  faults,
  journal,
  now,
  options,
}: Omit<AnsweringParts, 'say'>): DatagramFaults {
  const timestamp = timestamps(now);
  const silent = { ...options, loss: 'silent' } as const;
  return (direction, bytes, datagram, peer) => {
    if (faults.off || faults.isScriptOfMessages) return undefined;
    const { fault: drawn, draw, detail: random } = faults.next();
    const called = faultCalled(drawn);
    const decision = called && decide(called, new Message(bytes), random, silent);
    const steps: readonly Step[] = decision?.steps ?? [{ do: 'send', bytes }];
    const entry: DatagramEntry = {
      timestamp: timestamp(),
      client_ip: peer.address,
      fault: decision ? drawn : 'none',
      id: journal.nextId(),
      client_port: peer.port,
      message: draw,
      protocol: 'udp',
      direction,
      ...headerFields(datagram, bytes),
      crc: direction === 'in' ? crcOf(bytes) : crcOfFirst(steps),
      drawn: decision || drawn === 'none' ? undefined : drawn,
    };
    const journaled = journal.append(decision ? { ...entry, ...decision.detail } : entry);
    return { id: entry.id, steps, journaled };
  };
}

function headerFields(datagram: Datagram | undefined, bytes: Buffer) {
  if (!datagram) return { length: bytes.length, damaged: true as const };
  const { id, kind, sequence, ack, payload } = datagram;
  return {
    transfer: id,
    kind,
    sequence: kind === 'ACK' || kind === 'ABORT' ? undefined : sequence,
    ack: kind === 'ACK' ? ack : undefined,
    length: payload.length,
    tag: tagAsSent(bytes),
  };
}

/** The CRC of the first bytes that are sent. Undefined when none are. */
function crcOfFirst(steps: readonly Step[]): string | undefined {
  const first = steps.find((step) => step.do === 'send' || step.do === 'send-after-next');
  return first && crcOf(first.bytes);
}
