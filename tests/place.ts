import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { isFree } from './free-port.ts';

const run = promisify(execFile);

/** Networks for test runs, and the ports of each. */
export interface Places {
  /** The second number of the address of the first network. */
  readonly first: number;
  readonly count: number;
  /** The port that reserves a network, and those of its servers: HTTP, HTTPS, echo, echo over TLS, live view, its class. */
  readonly ports: (index: number) => readonly [reservation: number, ...servers: Six];
}
type Six = [number, number, number, number, number, number];

/**
 * 10.200.0.0/16 and so on. The ports are below those that the kernel hands out to any program, and Wireshark takes none of
 * them for another protocol.
 */
const USUAL: Places = {
  first: 200,
  count: 50,
  ports: (index) => {
    const first = 28_000 + 10 * index;
    return [first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6];
  },
};

/** Ports that Wireshark reads as HTTP, like 8080. */
const HTTP_PORTS = [3128, 3132, 5985, 2869, 2710] as const;

/** Addresses and ports as long as the default ones, so packets and printed lines have their usual length. */
export const LIKE_THE_DEFAULT: Places = {
  first: 1,
  count: HTTP_PORTS.length,
  ports: (index) => [
    28_500 + index,
    HTTP_PORTS[index]!,
    8543 + index,
    9190 + index,
    9543 + index,
    28_510 + index,
    28_520 + index,
  ],
};

/** The addresses and ports of a lab, as settings. */
export type Place = Readonly<
  Record<
    | 'LAB_SUBNET'
    | 'LAB_SERVER_ADDRESS'
    | 'LAB_CLIENT_ADDRESS'
    | 'LAB_WIRE_ADDRESS'
    | 'HTTP_PORT'
    | 'HTTPS_PORT'
    | 'ECHO_PORT'
    | 'ECHO_TLS_PORT'
    | 'LIVE_PORT'
    | 'LIVE_CLASS_PORT',
    string
  >
>;

const reservations = new Map<string, Server>();

/**
 * Takes a network and ports that no other test run on this machine gets before they are released, in any clone or
 * process. To own a network, a process listens on its first port, which the kernel allows only once. When a process
 * ends, its port is free.
 *
 * @param networksInUse the networks that are in use, in any text
 */
export async function takePlace(
  networksInUse: () => Promise<string> = ofDockerAndRoutes,
  { first, count, ports }: Places = USUAL,
): Promise<Place> {
  const inUse = await networksInUse();
  for (let tried = 0; tried < count; tried += 1) {
    // Runs at the same time usually begin with different networks.
    const index = (process.pid + tried) % count;
    const network = `10.${first + index}`;
    if (new RegExp(`\\b${network}\\.`).test(inUse)) continue;
    const [reserved, ...servers] = ports(index);
    const reservation = await listen(reserved);
    if (!reservation) continue;
    const place = placeAt(network, servers);
    if (await hasFreePorts(place)) {
      reservations.set(place.LAB_SUBNET, reservation);
      return place;
    }
    reservation.close();
  }
  const last = first + count - 1;
  throw new Error(`no network from 10.${first}.0.0/16 to 10.${last}.0.0/16 is free with its ports`);
}

/** Releases a network. */
export function leavePlace(subnet: string): void {
  reservations.get(subnet)?.close();
  reservations.delete(subnet);
}

function placeAt(network: string, [http, https, echo, echoTls, live, liveClass]: Six): Place {
  return {
    LAB_SUBNET: `${network}.0.0/16`,
    LAB_SERVER_ADDRESS: `${network}.28.182`,
    LAB_CLIENT_ADDRESS: `${network}.142.133`,
    LAB_WIRE_ADDRESS: `${network}.77.1`,
    HTTP_PORT: String(http),
    HTTPS_PORT: String(https),
    ECHO_PORT: String(echo),
    ECHO_TLS_PORT: String(echoTls),
    LIVE_PORT: String(live),
    LIVE_CLASS_PORT: String(liveClass),
  };
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1').unref();
  return once(server, 'listening').then(
    () => server,
    () => undefined,
  );
}

async function hasFreePorts(place: Place): Promise<boolean> {
  const { HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT, LIVE_PORT, LIVE_CLASS_PORT } = place;
  const ports = [HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT, LIVE_PORT, LIVE_CLASS_PORT].map(Number);
  const free = await Promise.all(ports.map(isFree));
  return free.every(Boolean);
}

/** The networks of Docker, and those to which this machine has a route. */
async function ofDockerAndRoutes(): Promise<string> {
  const { stdout: ids } = await run('docker', ['network', 'ls', '--quiet']);
  // One of them may have been removed meanwhile, which is an error. The others are printed.
  const { stdout: networks } = await run('docker', ['network', 'inspect', ...ids.trim().split('\n')]).catch(
    (error: { stdout: string }) => error,
  );
  const { stdout: routes } = await run('ip', ['-4', 'route', 'show']).catch(() => ({ stdout: '' }));
  return `${networks}${routes}`;
}
