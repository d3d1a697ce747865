import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

// A client that prints every right echo that arrives, also the second one of a message.

const [server = '', port = '', , ...texts] = process.argv.slice(2);
const checksum = (text: string) => createHash('sha1').update(text).digest('hex').slice(0, 8);
const answered = new Set<string>();
const socket = createSocket('udp4').on('message', (bytes) => {
  const [text = '', tag] = bytes.toString().split('|');
  if (checksum(text) !== tag) return;
  answered.add(text);
  console.log(`received: ${text}`);
});
for (const text of texts) {
  for (let attempt = 0; attempt < 3 && !answered.has(text); attempt += 1) {
    socket.send(`${text}|${checksum(text)}`, Number(port), server);
    for (let waited = 0; waited < 20 && !answered.has(text); waited += 1) await sleep(50);
  }
}
// The second echo may be on its way.
await sleep(200);
socket.close();
