import { describe, expect, test } from '@jest/globals';
import { inSetup } from './setup-shell.ts';

/** The rows about the subnet on a machine of which this is said; what is not said is empty. */
function subnet(
  machine: Partial<Record<'routes' | 'addresses' | 'servers' | 'peers' | 'ssh' | 'networks', string>>,
) {
  const { routes = '', addresses = '', servers = '', peers = '', ssh = '', networks = '' } = machine;
  const { stdout } = inSetup(
    `ip() { case "$*" in *route*) printf '%s\\n' "$ROUTES" ;; *) printf '%s\\n' "$ADDRESSES" ;; esac; }
    name_servers() { for at in $SERVERS; do echo "$at/32 warn the name server"; done; }
    connections() { for at in $PEERS; do echo "$at/32 warn the other end of a connection of this machine"; done; }
    who() { :; }
    docker_networks() { printf '%s\\n' "$NETWORKS"; }
    check_subnet
    printf '%s\\n' "$(networks_in_use)" >/dev/null`,
    {
      ...{ ROUTES: routes, ADDRESSES: addresses, SERVERS: servers, PEERS: peers, NETWORKS: networks },
      ...{ SSH_CONNECTION: ssh, LAB_SUBNET: '10.0.0.0/16' },
    },
  );
  return stdout;
}

const another =
  'LAB_SUBNET=10.77.0.0/16 LAB_SERVER_ADDRESS=10.77.28.182 LAB_CLIENT_ADDRESS=10.77.142.133 LAB_WIRE_ADDRESS=10.77.77.1 make up';

describe('the subnet of the lab', () => {
  test.each([
    [
      'a VPN that takes all by two halves',
      '0.0.0.0/1 via 10.8.0.1 dev tun0\n128.0.0.0/1 via 10.8.0.1 dev tun0',
    ],
    ['a VPN that takes all by pieces', '0.0.0.0/5 dev wg0\n8.0.0.0/7 dev wg0\n12.0.0.0/6 dev wg0'],
    ['a default route', 'default via 192.168.1.1 dev eth0\n192.168.1.0/24 dev eth0 scope link'],
    ['bridges of Docker', '10.0.0.0/16 dev br-0123456789ab\n10.0.0.0/24 dev docker0'],
  ])('is free beside %s', (_, routes) => {
    expect(subnet({ routes })).toBe('ok       subnet         10.0.0.0/16 is free\n');
  });

  test.each([
    [{ routes: '10.0.5.0/24 dev eth1' }, 'overlaps the route of this machine by eth1 (10.0.5.0/24)', another],
    [
      { ssh: '10.0.5.7 50000 10.1.1.1 22' },
      'overlaps the SSH client that you are logged in from (10.0.5.7)',
      another,
    ],
    [
      { routes: '10.0.0.0/8 dev tun0 table 52' },
      'overlaps the route of this machine by tun0 (10.0.0.0/8)',
      'LAB_SUBNET=172.16.0.0/16 LAB_SERVER_ADDRESS=172.16.28.182 LAB_CLIENT_ADDRESS=172.16.142.133 LAB_WIRE_ADDRESS=172.16.77.1 make up',
    ],
    [
      { routes: '10.0.0.0/8 dev tun0\n172.16.0.0/12 dev tun0\n192.168.0.0/24 dev eth0' },
      'overlaps the route of this machine by tun0 (10.0.0.0/8)',
      'LAB_SUBNET=192.168.1.0/24 LAB_SERVER_ADDRESS=192.168.1.182 LAB_CLIENT_ADDRESS=192.168.1.133 LAB_WIRE_ADDRESS=192.168.1.77 make up',
    ],
    [
      { routes: '10.0.0.0/24 dev eth0\n10.77.3.0/24 dev eth1\n10.78.0.9 dev tun1', servers: '10.79.0.2' },
      'overlaps the route of this machine by eth0 (10.0.0.0/24)',
      another.replaceAll('10.77', '10.80'),
    ],
  ])('with %j is refused, with one that is free', (machine, reason, cure) => {
    expect(subnet(machine)).toBe(
      `PROBLEM  subnet         10.0.0.0/16 ${reason}\n                        cure: another network: ${cure}\n`,
    );
  });

  test.each([
    [{ servers: '10.0.0.2' }, 'the name server (10.0.0.2)'],
    [
      { routes: '10.0.5.7 via 192.168.1.1 dev eth0' },
      'a host to which this machine has a route by eth0 (10.0.5.7)',
    ],
    [{ routes: 'default via 10.0.0.1 dev eth0 onlink' }, 'the gateway of this machine (10.0.0.1)'],
    [
      { addresses: '2: eth0 inet 10.0.3.4/32 scope global eth0' },
      'an address of this machine, on eth0 (10.0.3.4)',
    ],
    [{ peers: '10.0.9.9' }, 'the other end of a connection of this machine (10.0.9.9)'],
  ])('with %j is warned of', (machine, what) => {
    expect(subnet(machine)).toBe(
      `warning  subnet         while the lab is up, its subnet 10.0.0.0/16 hides from this machine ${what}\n                        cure: another network: ${another}\n`,
    );
  });

  test('a network of Docker without a container may be removed, one of Docker itself not', () => {
    expect(subnet({ networks: '10.0.0.0/24 taken the Docker network old lab' })).toContain('lab');
    expect(subnet({ networks: '10.0.0.0/24 taken the Docker network old' })).toContain(
      `cure: docker network rm old, or another network: ${another}`,
    );
    expect(subnet({ networks: '10.0.0.0/24 taken the Docker network ingress' })).toContain(
      `cure: another network: ${another}`,
    );
  });
});

describe('ports', () => {
  const ports = (taken: string, published = '', hosts = '') =>
    inSetup(
      `containers=$HOSTS
      sockets() { for use in $TAKEN; do echo "$use another program"; done; }
      docker() { printf '%s\\n' "$PUBLISHED"; }
      uname() { echo "\${SYSTEM:-Linux}"; }
      ss() { :; }
      check_ports`,
      {
        TAKEN: taken,
        HOSTS: hosts,
        PUBLISHED: published,
        HTTP_PORT: '8080',
        HTTPS_PORT: '8443',
        ECHO_PORT: '9090',
        ECHO_TLS_PORT: '9443',
      },
    ).stdout.split(/\n */);

  test('that are taken are named with their users, and others are free and all different', () => {
    expect(
      ports('8080/tcp 8180/udp 9090/udp', 'web 0.0.0.0:8443->443/tcp, 127.0.0.1:9000-9100->80/udp'),
    ).toEqual([
      'PROBLEM  ports          8080/tcp is taken by another program',
      '8443/tcp is taken by the container web',
      '9090/udp is taken by the container web',
      "cure: end the program that this command shows: sudo ss -lnp --tcp 'sport = :8080'",
      'cure: other ports: HTTP_PORT=8280 HTTPS_PORT=8543 ECHO_PORT=9190 make up',
      '',
    ]);
  });

  test.each(['running', 'paused'])('are those of the lab when its server host is %s', (state) => {
    expect(ports('8080/tcp', '', `server-host\t${state}\t/lab`)).toEqual([
      'ok       ports          the running lab has its ports',
      '',
    ]);
  });

  test('of other addresses of this machine are free', () => {
    expect(ports('', 'web 192.168.1.5:8080->80/tcp')).toEqual([
      'ok       ports          8080, 8443, 9090 and 9443 are free',
      '',
    ]);
  });
});

test('on macOS lsof names the program that has a port', () => {
  const { stdout } = inSetup('uname() { echo Darwin; }\nwho_has tcp 8080\nwho_has udp 9090');
  expect(stdout).toBe('sudo lsof -nP -iTCP:8080 -sTCP:LISTEN\nsudo lsof -nP -iUDP:9090\n');
});

describe('the empty network of a played run', () => {
  const emptyBeside = (networks: string) =>
    inSetup('empty_network "$NETWORKS"', { NETWORKS: networks }).stdout.trim();

  test('is one for documentation', () => {
    expect(emptyBeside('10.0.0.0/16 taken the route')).toMatch(/^192\.0\.2\.\d+\/29$/);
  });

  test.each([
    ['192.0.2.0/24 taken the route', /^198\.51\.100\.\d+\/29$/],
    ['192.0.0.0/8 taken the route\n198.51.100.7/32 warn the name server', /^198\.51\.100\.(?!0\/)\d+\/29$/],
    ['192.0.0.0/5 taken the route', /^203\.0\.113\.\d+\/29$/],
  ])('overlaps none of %j', (networks, free) => {
    expect(emptyBeside(networks)).toMatch(free);
  });
});
