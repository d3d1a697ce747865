import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { hosts } from '#lib/lab/hosts.ts';
import { parsed, udpPacket } from '#lib/packet/testing.ts';
import { entryOf } from '../../services/wire/entry.ts';
import { readWire } from './read.ts';
import { addresses, START } from './testing.ts';

test('captures that are not there prove nothing, whatever their records say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wire-read-'));
  const flow = { name: 'udp 9091 #1' } as Parameters<typeof entryOf>[0]['flow'];
  const packet = parsed(udpPacket({ payload: 'Hey' }));
  const struck = {
    direction: 'up',
    packet,
    flow,
    number: 1,
    fault: 'loss',
    detail: {},
    rule: undefined,
  } as const;
  const entry = { timestamp: new Date(START * 1_000).toISOString(), id: 1, ...entryOf(struck) };
  await writeFile(join(folder, 'wire.log'), `${JSON.stringify(entry)}\n`);
  const captured = hosts.map((host) => ({ host, from: START - 10, to: START + 10 }));
  const ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };
  const reasons: string[] = [];
  for await (const finding of readWire(folder, { addresses, ports, versions: {}, starts: [], captured })) {
    if (finding.kind === 'decision') reasons.push(finding.reason);
  }
  expect(reasons).toEqual(['before-capture']);
  await rm(folder, { recursive: true });
});
