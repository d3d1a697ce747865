import { type IncomingMessage, request } from 'node:http';

// LINK COUNT: opens this many streams of the live view by its link, prints a line, and reads them until its standard input
// ends. It prints what they got as JSON. It runs in a container of its own.

/** What a viewer got. */
export interface Viewed {
  readonly bytes: number;
  /** The highest id of a packet. */
  readonly newest: number;
  /** Packets of which it was told that it does not get them, and how often. */
  readonly omitted: number;
  readonly times: number;
  readonly isCutOff: boolean;
}

const [link = '', count = ''] = process.argv.slice(2);

const { origin } = new URL(link);
const cookie = await enter();
const viewers = await Promise.all(Array.from({ length: Number(count) }, view));
console.log('ready');
process.stdin.resume().once('end', () => {
  const found: Viewed[] = viewers.map((viewer) => ({ ...viewer }));
  console.log(JSON.stringify(found));
  process.exit();
});

/** The cookies of the link. */
async function enter(): Promise<string> {
  const response = await fetch(link, { redirect: 'manual' });
  if (response.status !== 303) throw new Error(`${response.status} ${await response.text()}`);
  const cookies = response.headers.getSetCookie().map((one) => one.slice(0, one.indexOf(';')));
  return [...new Set(cookies)].join('; ');
}

async function view(): Promise<Viewed> {
  const viewed = { bytes: 0, newest: 0, omitted: 0, times: 0, isCutOff: false };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(`${origin}/events`, { headers: { cookie }, agent: false }, resolve).once('error', reject).end();
  const response = await promise;
  if (response.statusCode !== 200) throw new Error(`the stream has the status ${response.statusCode}`);
  let rest = '';
  response.setEncoding('latin1').on('data', (text: string) => {
    viewed.bytes += text.length;
    const last = /^id: .*-(\d+)$/m.exec(text.slice(text.lastIndexOf('\nid: ') + 1))?.[1];
    viewed.newest = Math.max(viewed.newest, Number(last ?? 0));
    for (const [, omitted] of (rest + text).matchAll(/event: omitted\ndata: \{"count":(\d+)[^\n]*\n/g)) {
      viewed.omitted += Number(omitted);
      viewed.times += 1;
    }
    // What is not a whole line yet, with the line before it.
    rest = text.slice(text.lastIndexOf('\n\n') + 2).slice(-200);
  });
  response.once('close', () => {
    viewed.isCutOff = true;
  });
  response.on('error', () => undefined);
  return viewed;
}
