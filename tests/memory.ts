import type { Lab } from './lab.ts';

/**
 * Asks a server, by the inspector that SIGUSR1 opens, to collect its garbage, which it does when it likes otherwise,
 * and then what it holds in memory. Both servers have one network, and on it one inspector at a time.
 */
const ASK = `
  process.kill(1, 'SIGUSR1');
  const look = () => fetch('http://127.0.0.1:9229/json').catch(look);
  const [{ webSocketDebuggerUrl }] = await (await look()).json();
  const inspector = new WebSocket(webSocketDebuggerUrl);
  const expression = \`
    setTimeout(() => process.getBuiltinModule('node:inspector').close(), 20);
    JSON.stringify(process.memoryUsage());
  \`;
  inspector.onopen = () => inspector.send('{ "id": 1, "method": "HeapProfiler.collectGarbage" }');
  inspector.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(data);
    if (id === 1) inspector.send(JSON.stringify({ id: 2, method: 'Runtime.evaluate', params: { expression } }));
    if (id !== 2) return;
    console.log(result.result.value);
    inspector.close();
  };
`;

/** Octets that a server holds once its garbage is collected: of the system, and of those its own objects. */
export interface Memory {
  readonly resident: number;
  readonly objects: number;
}

export async function memoryOf(lab: Lab, server: 'http' | 'echo' = 'echo'): Promise<Memory> {
  const { stdout } = await lab.exec(server, 'node', '--input-type=module', '--eval', ASK);
  const { rss, heapUsed, external } = JSON.parse(stdout);
  return { resident: rss, objects: heapUsed + external };
}
