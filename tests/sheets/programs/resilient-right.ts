import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';

// A client that survives: it makes three attempts and waits one second for each answer.

const ATTEMPTS = 3;
const SECOND = 1000;

const checksum = (body: string) => createHash('sha1').update(body).digest('hex').slice(0, 8);

/** Sends bytes, and passes each piece that arrives on. */
interface Channel {
  send(bytes: string): void;
  close(): void;
}

type Take = (piece: string | undefined) => void;

async function openTcp(server: string, port: number, take: Take): Promise<Channel> {
  const socket = connect(port, server);
  socket.on('data', (bytes) => take(bytes.toString('latin1')));
  socket.on('close', () => take(undefined)).on('error', () => undefined);
  await once(socket, 'connect', { signal: AbortSignal.timeout(SECOND) });
  return { send: (bytes) => socket.write(bytes), close: () => socket.destroy() };
}

async function openUdp(server: string, port: number, take: Take): Promise<Channel> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes) => take(bytes.toString('latin1'))).on('error', () => undefined);
  return { send: (bytes) => socket.send(bytes, port, server), close: () => socket.close() };
}

class Client {
  readonly #open: (take: Take) => Promise<Channel>;
  #channel: Channel | undefined;
  #take: Take = () => undefined;

  constructor(open: (take: Take) => Promise<Channel>) {
    this.#open = open;
  }

  async send(text: string): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) if (await this.#attempt(text)) return true;
    return false;
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  async #attempt(text: string): Promise<boolean> {
    const whole = `${text}|${checksum(text)}`;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    let arrived = '';
    this.#take = (piece) => {
      if (piece === undefined) {
        this.#channel = undefined;
        return resolve(false);
      }
      if (isRight(piece) && piece !== whole) return;
      arrived += piece;
      if (arrived === whole) resolve(true);
      else if (arrived.length >= whole.length || !whole.startsWith(arrived)) resolve(false);
    };
    try {
      this.#channel ??= await this.#open((piece) => this.#take(piece));
    } catch {
      return false;
    }
    this.#channel.send(whole);
    const bell = setTimeout(() => resolve(false), SECOND);
    const answered = await promise;
    clearTimeout(bell);
    return answered;
  }
}

/** Whether a text is a whole message with its right checksum: perhaps the late echo of an earlier one. */
function isRight(text: string): boolean {
  const bar = text.lastIndexOf('|');
  return bar > 0 && checksum(text.slice(0, bar)) === text.slice(bar + 1);
}

async function echo(
  server: string,
  port: number,
  protocol: string,
  texts: readonly string[],
): Promise<boolean> {
  const open = protocol === 'tcp' ? openTcp : openUdp;
  const client = new Client((take) => open(server, port, take));
  let good = true;
  for (const text of texts) {
    const isThere = await client.send(text);
    console.log(isThere ? `received: ${text}` : `given up: ${text}`);
    good &&= isThere;
  }
  client.close();
  return good;
}

async function balance(server: string, port: number): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      const signal = AbortSignal.timeout(SECOND);
      const { status } = await fetch(`http://${server}:${port}/getbalance`, { signal });
      if (status < 500) {
        console.log(status === 200 ? 'received: 200' : `refused: ${status}`);
        return status === 200;
      }
    } catch {
      // No response: another attempt.
    }
  }
  return false;
}

const [server = '', port = '', protocol = '', ...texts] = process.argv.slice(2);
const good = await (protocol === 'http'
  ? balance(server, Number(port))
  : echo(server, Number(port), protocol, texts));
process.exit(good ? 0 : 1);
