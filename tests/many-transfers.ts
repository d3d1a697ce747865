import { randomBytes } from 'node:crypto';
import { timer } from '#lib/runtime/timer.ts';
import { modeNames } from '#lib/transfer/kinds.ts';
import { payloadsOfText } from '../client/transfer/payloads.ts';
import { ClientTransfer } from '../client/transfer/transfer.ts';
import { host, portOf, token } from './echo-server.ts';

// node many-transfers.ts TRANSFERS BYTES, in a client container: makes this number of transfers at once, with each
// protocol in turn. Each has other bytes, which must come back. Prints the results as JSON.

const [transfers, bytes] = process.argv.slice(2).map(Number) as [number, number];
const never = new AbortController().signal;

const ended = await Promise.allSettled(Array.from({ length: transfers }, (_, index) => transfer(index)));
const errors = ended.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
console.log(JSON.stringify({ identical: ended.length - errors.length, errors }));

async function transfer(index: number): Promise<void> {
  const mode = modeNames[index % modeNames.length]!;
  const text = randomBytes(bytes / 2).toString('hex');
  const open = await ClientTransfer.open(
    {
      address: host,
      port: portOf('echo', 'udp'),
      token,
      // The ids are always the same, because transfers of other sockets may have them too. With a token, an id of the
      // last minute would be a replay.
      id: token ? randomBytes(4).toString('hex') : (index % 10).toString(16).padStart(8, '0'),
      mode,
      window: mode === 'stop-and-wait' ? 1 : 16,
      echo: true,
      segment: 1_000,
      // Enough time on a busy machine: early retransmissions would make it even busier.
      rto: { min: 20, max: 500 },
      tries: 100,
    },
    payloadsOfText(text, 1_000),
    {
      clock: () => performance.now(),
      timer,
      interrupted: never,
      now: () => new Date(),
      onMeasured: () => undefined,
    },
  );
  try {
    await compare(open);
  } finally {
    await open.close();
  }
}

async function compare({ sent, returned }: ClientTransfer): Promise<void> {
  const [there, back] = await Promise.all([sent, returned]);
  if (there.sha256 !== back?.sha256) throw new Error('other bytes came back');
}
