import { describe, expect, test } from '@jest/globals';
import { readHost } from './hosts.ts';

const alone = { address: '127.0.0.1', names: [] };
const forClass = { address: '0.0.0.0', names: ['lab.local'] };

describe('the Host header', () => {
  test.each([
    ['127.0.0.1:8088', '8088'],
    ['localhost:8088', '8088'],
    ['LOCALHOST:9000', '9000'],
    ['[::1]:8088', '8088'],
    ['localhost', ''],
  ])('%s is this machine', (header, port) => {
    expect(readHost(header, alone)).toEqual({ host: header.toLowerCase(), port });
  });

  test.each([
    ['192.168.1.20:8088', forClass],
    ['[fe80::1]:8088', forClass],
    ['Lab.Local:8088', forClass],
    ['192.168.1.20:8088', { address: '192.168.1.20', names: [] }],
  ])('%s reaches it from another machine', (header, reachable) => {
    expect(readHost(header, reachable)).toMatchObject({ host: header.toLowerCase() });
  });

  test.each([
    [undefined, alone],
    ['', alone],
    ['evil.example:8088', alone],
    ['evil.example:8088', forClass],
    ['192.168.1.20:8088', alone],
    ['192.168.1.21:8088', { address: '192.168.1.20', names: [] }],
    ['127.0.0.1.evil.example:8088', alone],
    ['localhost:8088@evil.example', alone],
    ['localhost:8088, evil.example', alone],
    ['[::1', alone],
    ['lab.local.evil.example', forClass],
    ['127.0.0.1:', alone],
    ['127.0.0.1.nip.io:8088', forClass],
    ['localhost.:8088', alone],
    ['127.1:8088', alone],
    ['2130706433:8088', forClass],
    ['0x7f000001:8088', forClass],
    ['0.0.0.0:8088', alone],
    ['[::]:8088', alone],
    ['[::ffff:127.0.0.1]:8088', alone],
    ['[0:0:0:0:0:0:0:1]:8088', alone],
    ['[fe80::1%eth0]:8088', forClass],
    ['::1', forClass],
    ['127.0.0.1:8088:8088', alone],
    ['127.0.0.1:80880000', alone],
    ['http://127.0.0.1:8088', alone],
    ['127.0.0.1 evil.example', forClass],
  ])('%s is refused', (header, reachable) => {
    expect(readHost(header, reachable)).toBeUndefined();
  });
});
