import { expect, test } from '@jest/globals';
import { ports } from './testing.ts';
import { tsharkArguments } from './tshark.ts';

const argumentsFor = (asked: Partial<Parameters<typeof tsharkArguments>[1]>, file = 'a.pcap') =>
  tsharkArguments(file, { ports, names: ['epoch'], ...asked }).join(' ');

test('only what is needed is dissected', () => {
  const lean = argumentsFor({});
  expect(lean).toContain('--disable-all-protocols');
  expect(lean).not.toContain('--enable-protocol tls');
  expect(argumentsFor({ names: ['epoch', 'data'] })).toMatch(/--enable-protocol tls .*tls\.port==8443,data/);
  expect(argumentsFor({ names: ['epoch', 'info'] })).not.toContain('--disable-all-protocols');
});

test('without keys tshark resets its session, and with keys it decrypts', () => {
  expect(argumentsFor({})).toContain('-M 100000');
  const withKeys = argumentsFor({ keys: 'tls.keys' });
  expect(withKeys).not.toContain('-M');
  expect(withKeys).toContain('tls.keylog_file:tls.keys');
});

test("tshark gets the lab's dissector if there is one, and the filter as one argument", () => {
  const names = ['info'] as const;
  const without = argumentsFor({ names });
  expect(without).toMatch(/-d tcp\.port==8080,http .*-d tcp\.port==9090,data -d udp/);
  expect(without).not.toContain('-Y');
  const filter = 'tcp.port == 9090; rm';
  const all = tsharkArguments('-', { ports, names, dissector: '/x/wirelab.lua', filter });
  expect(all.join(' ')).toMatch(/-l -X lua_script:\/x\/wirelab\.lua -o wirelab\.port:9090 .*,wirelab -d udp/);
  expect(all[all.indexOf('-Y') + 1]).toBe(filter);
});
