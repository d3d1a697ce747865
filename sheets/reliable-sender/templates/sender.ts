import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

// node sender.ts SERVER PORT MODE WINDOW SEGMENT FILE: brings a file to the lab's receiver over UDP.
// MODE is stop-and-wait, go-back-n or selective-repeat. WINDOW is how many segments may be on the way at once, SEGMENT how
// many bytes a DATA has.

/** The tag of a datagram: the datagram with zeros in place of its tag, hashed. */
export function tagOf(datagram: Buffer): string {
  const withZeros = Buffer.from(datagram).fill('0', 68, 76);
  return createHash('sha1').update(withZeros).digest('hex').slice(0, 8);
}

const [server, port, mode, window, segment, path = ''] = process.argv.slice(2);
const data = readFileSync(path);
console.log(
  `not sent yet: ${data.length} bytes to ${server}:${port} by ${mode}, ${window} segments of ${segment} bytes at once`,
);
// Your work begins here: OPEN, the DATA, CLOSE, and an ACK for each.
process.exit(1);
