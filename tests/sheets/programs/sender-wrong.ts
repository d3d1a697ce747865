import { createHash, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';

// A sender by selective repeat with one mistake, which its first argument names: retransmits-everything, whatever was
// acknowledged of its window; or window-too-large, with twice its window on the way.

const MILLISECONDS = 300;
const [mistake = '', server = '', port = '', , window = '', size = '', path = ''] = process.argv.slice(2);
const isWholeWindow = mistake === 'retransmits-everything';
const data = readFileSync(path);
const id = randomBytes(4).toString('hex');

function tagOf(datagram: Buffer): string {
  const withZeros = Buffer.from(datagram).fill('0', 68, 76);
  return createHash('sha1').update(withZeros).digest('hex').slice(0, 8);
}

function encode(kind: string, number: number, payload: Buffer, asked = 0): Buffer {
  const digits = (value: number, places: number) => String(value).padStart(places, '0');
  const header = `wirelab/1 ${kind.padEnd(5)} id=${id} SR  s=${digits(number, 5)} a=00000 w=${digits(asked, 4)}  l=${digits(payload.length, 4)}  tag=00000000   \n`;
  const datagram = Buffer.concat([Buffer.from(header), payload]);
  datagram.write(tagOf(datagram), 68);
  return datagram;
}

const sha256 = createHash('sha256').update(data).digest('hex');
const pieces = Array.from({ length: Math.ceil(data.length / Number(size)) }, (_, at) =>
  data.subarray(at * Number(size), (at + 1) * Number(size)),
);
const datagrams = [
  encode(
    'OPEN',
    0,
    Buffer.from(`bytes=${data.length} segment=${size} echo=no min-rto=300 max-rto=300 tries=50`),
    Number(window),
  ),
  ...pieces.map((piece, at) => encode('DATA', at + 1, piece)),
  encode(
    'CLOSE',
    pieces.length + 1,
    Buffer.from(`bytes=${data.length} sha-256=${sha256} duplicates=0 out-of-order=0`),
  ),
];

const socket = createSocket('udp4');
const acknowledged = new Set<number>();
let wake = () => {};
socket.on('message', (bytes) => {
  if (bytes.toString('latin1', 10, 13) !== 'ACK' || bytes.toString('latin1', 68, 76) !== tagOf(bytes)) return;
  acknowledged.add(Number(bytes.toString('latin1', 42, 47)));
  wake();
});

/** Sends these datagrams, a window at a time, until each is acknowledged. */
async function bring(first: number, last: number, atOnce: number): Promise<void> {
  for (let base = first; base <= last; base += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, last - base + 1) }, (_, at) => base + at);
    while (numbers.some((number) => !acknowledged.has(number))) {
      const sent = numbers.filter((number) => isWholeWindow || !acknowledged.has(number));
      for (const number of sent) socket.send(datagrams[number]!, Number(port), server);
      await new Promise<void>((resolve) => {
        const bell = setTimeout(resolve, MILLISECONDS);
        wake = () => {
          if (!numbers.every((number) => acknowledged.has(number))) return;
          clearTimeout(bell);
          resolve();
        };
      });
    }
  }
}

await bring(0, 0, 1);
await bring(1, pieces.length, Number(window) * (mistake === 'window-too-large' ? 2 : 1));
await bring(pieces.length + 1, pieces.length + 1, 1);
console.log(`sent: ${data.length} bytes`);
socket.close();
