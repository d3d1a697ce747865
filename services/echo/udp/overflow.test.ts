import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, jest, test } from '@jest/globals';
import { ManualTime } from '../testing.ts';
import { dropsOf, watchOverflow } from './overflow.ts';

const HEAD =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n';

function row(port: number, drops: number) {
  const local = `B61C1A0A:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return `  815: ${local} 00000000:0000 07 00000000:00000000 00:00000000 00000000 10001        0 81923 2 0000000000000000 ${drops}   \n`;
}

let socket: Socket | undefined;

afterEach(() => {
  socket?.close();
});

test('counts the drops of a port, for IPv4 and IPv6, and of no other port', () => {
  const tables = HEAD + row(9090, 90_474) + row(53, 7) + HEAD + row(9090, 3);
  expect(dropsOf(tables, 9090)).toBe(90_477);
  expect(dropsOf(tables, 9091)).toBe(0);
  expect(dropsOf('', 9090)).toBe(0);
});

test.each([
  [
    HEAD + row(9090, 90_474) + row(53, 7),
    '90474 UDP datagrams arrived too fast for the echo server, and the kernel dropped them; the captures have them',
  ],
  [HEAD + row(9090, 0) + row(53, 7), 'the echo server lost no UDP datagram'],
])('make status has a row for them', (tables, said) => {
  const script = `
    . setup/lab-checks.sh
    use_settings_of_lab() { :; }
    docker() { printf %s "$TABLES"; }
    ok() { printf '%s: %s' "$@"; }
    check_datagrams`;
  const env = { PATH: process.env.PATH, TABLES: tables, ECHO_PORT: '9090', COMPOSE_PROJECT_NAME: 'lab' };
  expect(execFileSync('sh', ['-euc', script], { env, encoding: 'utf8' })).toBe(`datagrams: ${said}`);
});

test('reports the number of lost datagrams once a second, as long as the socket is open', async () => {
  const time = new ManualTime();
  const onLost = jest.fn();
  socket = createSocket('udp4');
  let drops = 0;
  const lookAgain = watchOverflow(socket, {
    timer: time.timer,
    onLost,
    read: () => row(socket!.address().port, drops),
  });
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  drops = 5;
  await time.pass(1_000);
  await time.pass(1_000);
  drops = 12;
  await time.pass(1_000);
  expect(onLost.mock.calls).toEqual([[5], [7]]);
  drops = 13;
  lookAgain();
  expect(onLost.mock.calls).toEqual([[5], [7], [1]]);
  const closed = once(socket, 'close');
  socket.close();
  socket = undefined;
  await closed;
  expect(time.waiting(1_000)).toBe(0);
});
