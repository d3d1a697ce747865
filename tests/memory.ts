import type { Lab } from './lab.ts';

/** Lets the server collect its garbage, which it does when it likes otherwise, by the inspector that SIGUSR1 opens. */
const COLLECT_GARBAGE = `
  process.kill(1, 'SIGUSR1');
  const look = () => fetch('http://127.0.0.1:9229/json').catch(look);
  const [{ webSocketDebuggerUrl }] = await (await look()).json();
  const inspector = new WebSocket(webSocketDebuggerUrl);
  inspector.onopen = () => inspector.send('{ "id": 1, "method": "HeapProfiler.collectGarbage" }');
  inspector.onmessage = () => inspector.close();
`;

/** What the echo server holds in memory once its garbage is collected. */
export async function residentKibibytes(lab: Lab): Promise<number> {
  await lab.exec('echo', 'node', '--input-type=module', '--eval', COLLECT_GARBAGE);
  const { stdout } = await lab.exec('echo', 'cat', '/proc/1/status');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(stdout)![1]);
}
