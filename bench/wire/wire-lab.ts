import { join } from 'node:path';
import { createBenchLab } from '../lab.ts';
import type { Settings } from '../programs.ts';
import type { Ends } from './ends.ts';

const PORT = '5201';

/** A lab as two ends, with a wire that can be bypassed. */
export interface WireLab extends Ends, AsyncDisposable {
  /** The journal of the wire. */
  readonly journal: string;
  /** Starts the lab with its wire and its receiver. */
  up(signal: AbortSignal): Promise<void>;
  /** The wire does only this from now on, in words of `make wire`. */
  set(words: readonly string[], signal: AbortSignal): Promise<void>;
  /** Packets go through the wire, or past it. */
  divert(isDiverted: boolean, signal: AbortSignal): Promise<void>;
  /** Runs a command in the container of the wire. */
  inWire(command: readonly string[], signal: AbortSignal): Promise<string>;
}

export async function createWireLab(settings: Settings = {}): Promise<WireLab> {
  const lab = await createBenchLab({ FLOW_PORT: PORT, ...settings });
  const set = async (words: readonly string[], signal: AbortSignal) =>
    void (await lab.run('make', ['--silent', 'wire', 'RESET=1', ...words], signal));
  return {
    far: lab.server,
    port: PORT,
    captures: { near: join(lab.captures, 'client.pcap'), far: join(lab.captures, 'server.pcap') },
    journal: join(lab.captures, 'wire.log'),
    at: (end, command, signal, options) =>
      lab.exec(end === 'near' ? 'client' : 'flow', command, signal, options),
    async up(signal) {
      await lab.up(signal);
      await lab.run('setup/flow-service.sh', [], signal);
      await set(['DELAY=0ms'], signal);
    },
    set,
    async divert(isDiverted, signal) {
      const peers = { 'server-host': lab.client, 'client-host': lab.server };
      for (const [host, peer] of Object.entries(peers)) {
        const words = isDiverted ? ['insert', peer, lab.wire] : ['remove', peer];
        await lab.exec(host, ['services/wire/route.sh', ...words], signal, ['--user', '0']);
      }
    },
    inWire: (command, signal) => lab.exec('wire', command, signal),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}
