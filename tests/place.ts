import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { isFree } from './free-port.ts';

const run = promisify(execFile);

/** The networks of test runs: 10.200.0.0/16 and so on. */
const NETWORKS = { first: 200, count: 50 };
/**
 * Each network has some ports of its own, from here on. They are below those that the kernel hands out to any program,
 * and Wireshark takes none of them for another protocol. The first of them is the reservation.
 */
const PORTS = { first: 28_000, each: 10 };

/** Where a lab is, as settings. */
export type Place = Readonly<
  Record<
    | 'LAB_SUBNET'
    | 'LAB_SERVER_ADDRESS'
    | 'LAB_CLIENT_ADDRESS'
    | 'HTTP_PORT'
    | 'HTTPS_PORT'
    | 'ECHO_PORT'
    | 'ECHO_TLS_PORT',
    string
  >
>;

const reservations = new Map<string, Server>();

/**
 * Takes a network and ports that no other test run on this machine gets before they are left, whatever clone or
 * process it is of: who listens on a network's first port has it, and the kernel lets one do so. A process that is
 * gone listens no more.
 *
 * @param networksInUse what the networks that are there already look like, in any text
 */
export async function takePlace(networksInUse: () => Promise<string> = ofDockerAndRoutes): Promise<Place> {
  const inUse = await networksInUse();
  for (let tried = 0; tried < NETWORKS.count; tried += 1) {
    // Runs at the same time begin with others, mostly.
    const index = (process.pid + tried) % NETWORKS.count;
    const network = `10.${NETWORKS.first + index}`;
    if (inUse.includes(`${network}.`)) continue;
    const first = PORTS.first + PORTS.each * index;
    const reservation = await listen(first);
    if (!reservation) continue;
    const place = placeAt(network, first + 1);
    if (await hasFreePorts(place)) {
      reservations.set(place.LAB_SUBNET, reservation);
      return place;
    }
    reservation.close();
  }
  const last = NETWORKS.first + NETWORKS.count - 1;
  throw new Error(`no network from 10.${NETWORKS.first}.0.0/16 to 10.${last}.0.0/16 is free with its ports`);
}

/** Lets others have it. */
export function leavePlace(subnet: string): void {
  reservations.get(subnet)?.close();
  reservations.delete(subnet);
}

function placeAt(network: string, port: number): Place {
  return {
    LAB_SUBNET: `${network}.0.0/16`,
    LAB_SERVER_ADDRESS: `${network}.28.182`,
    LAB_CLIENT_ADDRESS: `${network}.142.133`,
    HTTP_PORT: String(port),
    HTTPS_PORT: String(port + 1),
    ECHO_PORT: String(port + 2),
    ECHO_TLS_PORT: String(port + 3),
  };
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1').unref();
  return once(server, 'listening').then(
    () => server,
    () => undefined,
  );
}

async function hasFreePorts({ HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT }: Place): Promise<boolean> {
  const free = await Promise.all([HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT].map(Number).map(isFree));
  return free.every(Boolean);
}

/** The networks that Docker has, and those that this machine knows a way to. */
async function ofDockerAndRoutes(): Promise<string> {
  const { stdout: ids } = await run('docker', ['network', 'ls', '--quiet']);
  // One of them may be gone by now, which fails; the others are printed.
  const { stdout: networks } = await run('docker', ['network', 'inspect', ...ids.trim().split('\n')]).catch(
    (error: { stdout: string }) => error,
  );
  const { stdout: routes } = await run('ip', ['-4', 'route', 'show']).catch(() => ({ stdout: '' }));
  return `${networks}${routes}`;
}
