import { decodeArguments, leanArguments, NETWORK, octetsOf, tsharkLines } from '#analysis/capture/tshark.ts';
import type { Ports } from '#lib/lab/ports.ts';

const PROTOCOLS = [...NETWORK, 'tls', 'data'];
const FIELDS = ['frame.number', 'data.data'];

interface Opened {
  readonly frame: number;
  readonly bytes: Buffer;
}

/**
 * What TLS has sealed in the frames of a file, decrypted. Beside what tshark makes of it, which is all that it tells of
 * HTTP, this takes a second look at the file, in step with the first.
 */
export class Inside {
  readonly #opened: AsyncGenerator<Opened>;
  #next: IteratorResult<Opened, void> | undefined;

  constructor(file: string, keys: string, ports: Ports) {
    this.#opened = readOpened(file, keys, ports);
  }

  /** Asked in rising order. Undefined when nothing was decrypted with that frame. */
  async of(frame: number): Promise<Buffer | undefined> {
    this.#next ??= await this.#opened.next();
    while (!this.#next.done && this.#next.value.frame < frame) this.#next = await this.#opened.next();
    return this.#next.value?.frame === frame ? this.#next.value.bytes : undefined;
  }

  async close(): Promise<void> {
    await this.#opened.return(undefined);
  }
}

async function* readOpened(file: string, keys: string, ports: Ports): AsyncGenerator<Opened, void> {
  const { https, echoTls } = ports;
  const args = [
    ...leanArguments(file, { protocols: PROTOCOLS, fields: FIELDS, keys }),
    ...decodeArguments({ echoTls }, 'data'),
    ...['-d', `tcp.port==${https},tls`, '-d', `tls.port==${https},data`],
    ...['-Y', 'tls.record && data'],
  ];
  // The first reader of the file has said that it breaks off.
  for await (const lines of tsharkLines(args)) {
    for (const line of lines) {
      const [frame, octets] = line.split('\t');
      yield { frame: Number(frame), bytes: octetsOf(octets) };
    }
  }
}
