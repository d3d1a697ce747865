import { createServer as createHttps } from 'node:https';
import { createServer as createTls } from 'node:tls';
import { server } from '#lib/tls/testing.ts';
import { answers } from '../services/http/outcomes.ts';

// node bench/bare-tls.ts http|echo: the least work in Node.js over TLS, one response to everything or an echo.

const answer = answers['200'];
if (answer.kind !== 'respond') throw new Error('the outcome 200 is no response');
const { type, body } = answer;
const { ca, cert, key } = server;
const options = { ca, cert, key, minVersion: 'TLSv1.3' } as const;

const bare =
  process.argv[2] === 'http'
    ? createHttps(options, (_request, response) => {
        response.writeHead(200, { 'content-length': Buffer.byteLength(body), 'content-type': type });
        response.end(body);
      })
    : createTls({ ...options, noDelay: true }, (socket) => {
        socket.pipe(socket).on('error', () => undefined);
      });
bare
  .on('tlsClientError', (_error, socket) => socket.destroy())
  .listen(Number(process.env.HTTP_PORT), '127.0.0.1');
