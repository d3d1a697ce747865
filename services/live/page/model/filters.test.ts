import { expect, test } from '@jest/globals';
import { completed, conversationOf, filterNames, filterOf, wordAt } from './filters.ts';
import { packetOf } from './packet-testing.ts';

const ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443, flow: 5201 };

test('there are ten buttons, and each but the conversation always has a filter', () => {
  expect(filterNames).toHaveLength(10);
  const without = filterNames.filter((name) => filterOf(name, { ports }) === undefined);
  expect(without).toEqual(['conversation']);
});

test('errors of a server have its resets, and not those of the client', () => {
  const errors = filterOf('errors', { ports })!;
  expect(errors).toContain('tcp.flags.reset == 1 && (tcp.srcport == 8080 || ');
  expect(errors).not.toContain('dstport');
});

test('a conversation has both ends', () => {
  expect(conversationOf(packetOf())).toBe(
    'ip.addr == 10.0.142.133 && ip.addr == 10.0.28.182 && tcp.port == 51234 && tcp.port == 9090',
  );
  const ping = packetOf({ transport: 'icmp', from: '10.0.142.133', to: '10.0.28.182' });
  expect(conversationOf(ping)).toBe('icmp && ip.addr == 10.0.142.133 && ip.addr == 10.0.28.182');
  const six = packetOf({ transport: 'udp', from: '[fd00::1]:5000', to: '[fd00::2]:9090' });
  expect(conversationOf(six)).toBe(
    'ipv6.addr == fd00::1 && ipv6.addr == fd00::2 && udp.port == 5000 && udp.port == 9090',
  );
  expect(filterOf('conversation', { ports, chosen: ping })).toBe(conversationOf(ping));
  const arp = packetOf({ transport: 'other', protocol: 'ARP', from: '02:42:0a:00:8e:85', to: 'Broadcast' });
  expect(conversationOf(arp)).toBe('arp && eth.addr == 02:42:0a:00:8e:85');
  expect(conversationOf({ ...arp, to: '02:42:0a:00:1c:b6' })).toBe(
    'arp && eth.addr == 02:42:0a:00:8e:85 && eth.addr == 02:42:0a:00:1c:b6',
  );
  expect(conversationOf({ ...arp, protocol: '0x88b5' })).toBe('eth && eth.addr == 02:42:0a:00:8e:85');
  const igmp = packetOf({ transport: 'other', protocol: 'IGMPv3', from: '10.0.142.133', to: '224.0.0.22' });
  expect(conversationOf(igmp)).toBe('ip.addr == 10.0.142.133 && ip.addr == 224.0.0.22');
});

test('a completion replaces the word before the caret', () => {
  expect(wordAt('http && tcp.fl', 14)).toEqual({ word: 'tcp.fl', from: 8 });
  expect(completed('tcp.fl == 1', 6, 'tcp.flags.syn')).toEqual({ filter: 'tcp.flags.syn == 1', caret: 13 });
  expect(wordAt('', 0)).toEqual({ word: '', from: 0 });
});
