import express from 'express';
import { answers } from '../services/http/outcomes.ts';

// The best that Express can do: the response of the lab's server, without a draw and without a journal.

const answer = answers['200'];
if (answer.kind !== 'respond') throw new Error('the outcome 200 is no response');
const { type, body } = answer;

express()
  .disable('x-powered-by')
  .disable('etag')
  .get('/getbalance', (_request, response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(body), 'content-type': type });
    response.end(body);
  })
  .listen(Number(process.env.HTTP_PORT), '127.0.0.1', () => console.log('serving'));
