import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

// tls-netcat.ts … HOST PORT, in the client host: what `nc -N` does, over TLS, and to the end: openssl s_client closes the
// connection when it has nothing more to send, answers or not.

const [host = '', port] = process.argv.slice(-2);
const socket = connect({
  host,
  port: Number(port),
  ca: readFileSync('/certificates/ca.pem'),
});
socket.setNoDelay().once('close', () => process.stdin.destroy());
process.stdin.pipe(socket).pipe(process.stdout);
