import { createHash } from 'node:crypto';
import { connect } from 'node:net';

// A client that takes every answer with a bar in it for the echo.

const [server = '', port = '', , ...texts] = process.argv.slice(2);
const text = texts[0] ?? '';
const whole = `${text}|${createHash('sha1').update(text).digest('hex').slice(0, 8)}`;
const socket = connect(Number(port), server, () => socket.write(whole));
socket.on('data', (bytes) => {
  const answer = bytes.toString();
  if (!answer.includes('|')) {
    socket.write(whole);
    return;
  }
  console.log(`received: ${answer.slice(0, answer.lastIndexOf('|'))}`);
  socket.destroy();
});
socket.on('error', () => process.exit(1));
