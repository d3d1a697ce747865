import type { Lab } from './lab.ts';

/**
 * Makes a server collect its garbage, by the inspector that SIGUSR1 opens, and returns what it still holds. Both
 * servers have one network, and on it one inspector at a time.
 */
const ASK = `
  setTimeout(() => { throw new Error('the inspector does not respond within 60 s'); }, 60_000).unref();
  const look = () => fetch('http://127.0.0.1:9229/json').catch(() => undefined);
  process.kill(1, 'SIGUSR1');
  let opened;
  while (!(opened = await look()));
  const [{ webSocketDebuggerUrl }] = await opened.json();
  const inspector = new WebSocket(webSocketDebuggerUrl);
  await new Promise((resolve) => (inspector.onopen = resolve));
  let asked = 0;
  const ask = (method, params) =>
    new Promise((resolve) => {
      asked += 1;
      inspector.onmessage = ({ data }) => {
        const { id, result } = JSON.parse(data);
        if (id === asked) resolve(result);
      };
      inspector.send(JSON.stringify({ id: asked, method, params }));
    });
  const evaluate = async (expression) => (await ask('Runtime.evaluate', { expression })).result;
  const socket = await evaluate('process.getBuiltinModule("node:net").Socket.prototype');
  const { objects } = await ask('Runtime.queryObjects', { prototypeObjectId: socket.objectId });
  const count = { objectId: objects.objectId, functionDeclaration: 'function () { return this.length; }' };
  const sockets = (await ask('Runtime.callFunctionOn', count)).result.value;
  await ask('Runtime.releaseObject', { objectId: objects.objectId });
  await ask('HeapProfiler.collectGarbage');
  const { heapUsed, external } = JSON.parse((await evaluate('JSON.stringify(process.memoryUsage())')).value);
  // Node's inspector must not end while it still ends this connection.
  await evaluate('setTimeout(() => process.getBuiltinModule("node:inspector").close(), 1_000); 0');
  console.log(JSON.stringify({ sockets, objects: heapUsed + external }));
  await new Promise((resolve) => {
    inspector.onclose = resolve;
    inspector.close();
  });
  // The next inspector is that of the other server.
  while (await look());
`;

/** What a server holds after its garbage is collected. */
export interface Held {
  /** How many sockets, open or not. */
  readonly sockets: number;
  /** Bytes of all its objects. Resident memory also depends on the allocator and the kernel, so it is not checked. */
  readonly objects: number;
}

export async function heldBy(lab: Lab, server: 'http' | 'echo' = 'echo'): Promise<Held> {
  const { stdout, stderr } = await lab.exec(server, 'node', '--input-type=module', '--eval', ASK);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** States of a connection, as Linux numbers them. */
const TIME_WAIT = '06';
const LISTEN = '0A';

/**
 * Whether no connection is open at these ports of the server host.
 *
 * @throws when nobody listens at one of them
 */
export async function isQuiet(lab: Lab, ...ports: readonly string[]): Promise<boolean> {
  const { stdout } = await lab.exec('echo', 'cat', '/proc/net/tcp', '/proc/net/tcp6');
  return ports.every((port) => {
    const local = Number(port).toString(16).toUpperCase().padStart(4, '0');
    const rows = stdout.matchAll(new RegExp(`^ *\\d+: \\S+:${local} \\S+ (\\S+)`, 'gm'));
    const states = Array.from(rows, ([, state]) => state!);
    if (!states.includes(LISTEN))
      throw new Error(`nobody listens at port ${port} of the server host:\n${stdout}`);
    return states.every((state) => state === LISTEN || state === TIME_WAIT);
  });
}

/**
 * How many bytes each input of some rounds has left in memory, by what was held after each round. The first round is
 * left out, because a server allocates things for its work in it.
 */
export function leftByEach(inputs: number, rounds: readonly Held[]): number {
  const [first, ...more] = rounds;
  return (more.at(-1)!.objects - first!.objects) / (inputs * more.length);
}
