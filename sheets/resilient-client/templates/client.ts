import { createHash } from 'node:crypto';

// node client.ts SERVER PORT PROTOCOL [MESSAGE…]: brings messages to the echo server and their echoes back.
// PROTOCOL is tcp, udp or http. For each message whose echo is right, print: received: MESSAGE

/** What follows the bar: Hey|e4599fa9. */
const checksum = (text: string) => createHash('sha1').update(text).digest('hex').slice(0, 8);

const [server, port, protocol, ...messages] = process.argv.slice(2);
for (const message of messages) {
  console.log(`not sent yet: ${message}|${checksum(message)} to ${server}:${port} over ${protocol}`);
}
// Your work begins here: send each message, wait for its echo, and survive what goes wrong.
process.exit(1);
