import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

// tls-netcat.ts … HOST PORT, in the client host: works like `nc -N`, but over TLS. It waits for the end of the answers,
// where openssl s_client closes the connection as soon as it has nothing more to send.

const [host = '', port] = process.argv.slice(-2);
const socket = connect({
  host,
  port: Number(port),
  ca: readFileSync('/certificates/ca.pem'),
});
socket.setNoDelay().once('close', () => process.stdin.destroy());
process.stdin.pipe(socket).pipe(process.stdout);
