import { readFileSync } from 'node:fs';
import { addressText } from '#lib/packet/packet.ts';
import { ipIn } from './link.ts';
import { type Frame, Records } from './records.ts';

// A tshark that knows IPv4, TCP and UDP, and no more. It prints the fields given by `-e` for each frame of the file given by
// `-r`, or of standard input. Tests put it in place of Wireshark's, for frames of TLS without keys.

const args = process.argv.slice(2);
const file = args[args.indexOf('-r') + 1]!;
const names = args.flatMap((arg, at) => (args[at - 1] === '-e' ? [arg] : []));

function valuesOf(frame: Frame): Readonly<Record<string, string | number>> {
  const ip = ipIn(frame);
  const mac = (at: number) => frame.bytes.toString('hex', at, at + 6);
  const shared = {
    'frame.time_epoch': `${frame.seconds}.${String(frame.nanoseconds).padStart(9, '0')}`,
    'frame.len': frame.length,
    'frame.cap_len': frame.bytes.length,
    'frame.time_relative': 0,
    '_ws.col.protocol': 'OTHER',
  };
  if (!ip) return { ...shared, '_ws.col.def_src': mac(6), '_ws.col.def_dst': mac(0) };
  const { bytes, protocol, source, destination, sourcePort, destinationPort, payloadAt, tcp, icmp } =
    ip.packet;
  const payload = bytes.toString('hex', payloadAt, ip.captured);
  return {
    ...shared,
    ...{ '_ws.col.def_src': addressText(source), '_ws.col.def_dst': addressText(destination) },
    ...{ '_ws.col.protocol': protocol.toUpperCase(), '_ws.col.info': `${sourcePort} → ${destinationPort}` },
    // The bytes after the link, when no other protocol is enabled.
    ...(args.includes('tcp') ? {} : { 'data.data': bytes.toString('hex', 0, ip.captured) }),
    ...(icmp ? { 'icmp.type': icmp.type } : {}),
    ...(protocol === 'udp'
      ? { 'udp.srcport': sourcePort, 'udp.dstport': destinationPort, 'udp.payload': payload }
      : {}),
    ...(tcp
      ? {
          ...{ 'tcp.srcport': sourcePort, 'tcp.dstport': destinationPort, 'tcp.payload': payload },
          ...{ 'tcp.seq_raw': tcp.sequence, 'tcp.ack_raw': tcp.acknowledgment, 'tcp.flags': tcp.flags },
        }
      : {}),
  };
}

const records = new Records();
function print(bytes: Buffer): void {
  const lines = records.take(bytes).map((frame) => {
    const values = valuesOf(frame);
    return `${names.map((name) => values[name] ?? '').join('\t')}\n`;
  });
  process.stdout.write(lines.join(''));
}

if (file !== '-') print(readFileSync(file));
else process.stdin.on('data', print);
