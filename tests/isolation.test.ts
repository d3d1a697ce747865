import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { imageOf } from './images.ts';
import { command, Lab } from './lab.ts';

/** Sends a datagram to an address and port, broadcast too, as any user can. */
const DATAGRAM = `
  const [address, port] = process.argv.slice(1);
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('error', () => process.exit(0)).bind(0, () => {
    socket.setBroadcast(true);
    socket.send('out', Number(port), address, () => setTimeout(() => process.exit(0), 100));
  });`;

describe('the hosts are closed', () => {
  let lab: Lab;
  /** Addresses of this machine, and of a program that listens on another network of Docker. */
  let outside: string[];
  let broadcasts: string[];
  let port: string;
  /** The program that listens on the other network, which is closed to nobody. */
  let neighbour: string;
  /** What this machine has got on a port that it listens on, on all of its addresses. */
  const got: string[] = [];
  const tcp = createServer((socket) => {
    got.push(`TCP from ${socket.remoteAddress}`);
    socket.destroy();
  });
  const udp = createSocket('udp4', (_, { address }) => got.push(`UDP from ${address}`));

  beforeAll(async () => {
    await once(tcp.listen(0, '0.0.0.0'), 'listening');
    const { port: number } = tcp.address() as AddressInfo;
    udp.bind(number, '0.0.0.0');
    await once(udp, 'listening');
    port = String(number);
    lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none' });
    const program = `require('node:net').createServer((s) => s.end('reached')).listen(${port})`;
    const label = `com.docker.compose.project=${lab.settings.COMPOSE_PROJECT_NAME}`;
    const run = ['run', '--detach', '--label', label, imageOf('programs'), 'node', '--eval', program];
    const container = (await lab.docker(...run)).stdout.trim();
    neighbour = container;
    const addresses = '{{.NetworkSettings.IPAddress}} {{.NetworkSettings.Gateway}}';
    const found = await lab.docker('inspect', '--format', addresses, container);
    const own = (end: string) => lab.server.replace(/\d+\.\d+$/, end);
    outside = [own('0.1'), ...found.stdout.trim().split(' ')];
    broadcasts = [own('255.255'), '255.255.255.255', '224.0.0.1'];
  });
  afterAll(async () => {
    tcp.close();
    udp.close();
    await lab?.end();
  });

  async function triesAll(service: string): Promise<void> {
    expect(outside).toHaveLength(3);
    const urls = outside.map((address) => `http://${address}:${port}/`);
    const ways = [[], ['--interface', 'eth0']];
    const asked = urls.flatMap((url) =>
      ways.map((way) => lab.exec(service, 'curl', '-s', '-m', '2', ...way, url)),
    );
    const sent = [...outside, ...broadcasts].map((address) =>
      lab.exec(service, 'node', '--eval', DATAGRAM, address, port),
    );
    const names = ['example.com', 'host.docker.internal'].map((name) =>
      lab.exec(service, 'timeout', '20', 'getent', 'hosts', name),
    );
    for (const { stdout } of await Promise.all(asked)) expect(stdout).toBe('');
    await Promise.all(sent);
    for (const { code, stdout } of await Promise.all(names))
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(got).toEqual([]);
  }

  async function isOpenInside(): Promise<void> {
    const names = await lab.exec('client', 'getent', 'hosts', 'server-host');
    expect(names.stdout).toContain(lab.server);
    expect(await lab.echo('--protocol', 'udp', '--message', 'Hey')).toMatchObject({ code: 0 });
    const url = `http://127.0.0.1:${lab.settings.HTTP_PORT}/getlogs`;
    const status = ['-s', '-m', '10', '-o', '/dev/null', '-w', '%{http_code}', url];
    expect((await command(lab.settings, 'curl', ...status)).stdout).toMatch(/^(200|401)$/);
  }

  test('what is not of the lab is reached from elsewhere', async () => {
    const [, listener, machine] = outside;
    const from = (...command: string[]) => lab.docker('exec', neighbour, 'node', '--eval', ...command);
    const dial = "require('node:net').connect(process.argv[2], process.argv[1]).pipe(process.stdout)";
    expect(await from(dial, listener!, port)).toMatchObject({ stdout: 'reached' });
    await from(dial, machine!, port);
    await from(DATAGRAM, machine!, port);
    await eventually('a connection and a datagram', 10_000, () => got.length === 2);
    expect(got.splice(0).sort()).toEqual([`TCP from ${listener}`, `UDP from ${listener}`]);
  });

  test.each(['client', 'http'])('%s reaches nothing outside of the lab', (service) => triesAll(service));

  test('the hosts reach each other, and this machine the published ports', () => isOpenInside());

  test('also after a restart', async () => {
    for (const host of ['server-host', 'client-host']) {
      await lab.docker('restart', '--time', '1', lab.nameOf(host));
    }
    expect(await command(lab.settings, 'make', '--silent', 'up')).toMatchObject({ code: 0 });
    await triesAll('client');
    await isOpenInside();
  });

  test('no program has a right by which it could open them', async () => {
    const rights = async (service: string) =>
      (await lab.exec(service, 'grep', '^CapEff', '/proc/1/status')).stdout;
    for (const service of ['client', 'http', 'echo', 'server-host', 'client-host', 'certificates']) {
      expect(await rights(service)).toBe('CapEff:\t0000000000000000\n');
    }
  });
});
