import { connect } from 'node:net';

// ADDRESS PORT REQUESTS: sends each of the requests, raw text in a list of JSON, over a connection of its own. It prints the
// status and the text of the answers as JSON when its standard input ends.

/** The status of an answer, undefined for none, and the begin of its text. */
export interface Answered {
  readonly status: number | undefined;
  readonly text: string;
}

/** How long an answer may take, in ms. A stream has no end. */
const PATIENCE_MS = 1_500;
const KEPT = 2_000;

const [address = '', port = '', requests = '[]'] = process.argv.slice(2);
console.log('ready');
const answers = await Promise.all((JSON.parse(requests) as string[]).map(ask));
console.log(JSON.stringify(answers));

async function ask(request: string): Promise<Answered> {
  const socket = connect(Number(port), address);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let text = '';
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part;
  });
  socket.on('error', () => undefined).once('close', () => resolve());
  socket.write(request);
  await closed;
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1];
  return { status: status === undefined ? undefined : Number(status), text: text.slice(0, KEPT) };
}
