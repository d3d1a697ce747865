import { createSocket } from 'node:dgram';

// PORT: receives datagrams. Without a receiver, the kernel would send an ICMP error back for each.

const port = Number(process.argv.at(-1));
createSocket('udp4')
  .on('message', () => undefined)
  .bind(port);
