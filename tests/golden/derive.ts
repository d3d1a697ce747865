import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

// derive.ts, in the image that reads captures: makes golden captures of other shapes from that of a run, and from bytes.
// Run it when you add a shape, and commit what it wrote.

const CAPTURES = join(import.meta.dirname, '..', 'captures');
const RUN = join(CAPTURES, 'run');
const JOURNALS = ['http.log', 'echo.log', 'lab.log'];

/** Link types of pcap (tcpdump.org/linktypes.html). */
const ETHERNET = 1;
const RAW_IP = 101;
const RADIOTAP = 127;

interface Packet {
  readonly seconds: number;
  readonly micros: number;
  readonly bytes: Buffer;
}

/** The folder of a new golden capture, with copies of these files of the run. */
function folder(name: string, ...files: readonly string[]): (file: string) => string {
  const path = join(CAPTURES, name);
  mkdirSync(path, { recursive: true });
  for (const file of files) cpSync(join(RUN, file), join(path, file));
  return (file) => join(path, file);
}

function tool(name: string, ...args: readonly string[]): void {
  execFileSync(name, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The packets of a pcap of tcpdump. */
function packetsOf(path: string): Packet[] {
  const bytes = readFileSync(path);
  const packets: Packet[] = [];
  for (let at = 24; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    const packet = bytes.subarray(at + 16, at + 16 + length);
    packets.push({ seconds: bytes.readUInt32LE(at), micros: bytes.readUInt32LE(at + 4), bytes: packet });
    at += 16 + length;
  }
  return packets;
}

function pcap(link: number, packets: readonly Packet[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4);
  head.writeUInt32LE(0x00040002, 4);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(link, 20);
  const records = packets.map(({ seconds, micros, bytes }) => {
    const record = Buffer.alloc(16);
    for (const [at, value] of [seconds, micros, bytes.length, bytes.length].entries()) {
      record.writeUInt32LE(value, at * 4);
    }
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([head, ...records]);
}

/** The same as pcap with big-endian numbers and times in nanoseconds. */
function bigEndianNanoseconds(packets: readonly Packet[]): Buffer {
  const bytes = pcap(ETHERNET, packets);
  bytes.writeUInt32BE(0xa1b23c4d);
  bytes.writeUInt16BE(2, 4);
  bytes.writeUInt16BE(4, 6);
  bytes.writeUInt32BE(65_535, 16);
  bytes.writeUInt32BE(ETHERNET, 20);
  let at = 24;
  for (const packet of packets) {
    const { length } = packet.bytes;
    for (const [index, value] of [packet.seconds, packet.micros * 1_000 + 123, length, length].entries()) {
      bytes.writeUInt32BE(value, at + index * 4);
    }
    at += 16 + length;
  }
  return bytes;
}

const server = packetsOf(join(RUN, 'server.pcap'));
const whole = join(RUN, 'server.pcap');

const TAGS = Buffer.from('88a8000581000007', 'hex');
const vlan = folder('qinq', ...JOURNALS, 'client.pcap');
const tagged = server.map((packet) => {
  const { bytes } = packet;
  return { ...packet, bytes: Buffer.concat([bytes.subarray(0, 12), TAGS, bytes.subarray(12)]) };
});
writeFileSync(vlan('server.pcap'), pcap(ETHERNET, tagged));

const snap = folder('snapshot-length', ...JOURNALS);
tool('editcap', '-s', '80', whole, snap('server.pcap'));

const raw = folder('raw-ip', ...JOURNALS);
const isIp = ({ bytes }: Packet) => bytes.readUInt16BE(12) === 0x0800;
const bare = server.filter(isIp).map((packet) => ({ ...packet, bytes: packet.bytes.subarray(14) }));
writeFileSync(raw('server.pcap'), pcap(RAW_IP, bare));

/** As a monitor of a wireless network writes it: radiotap, IEEE 802.11 and LLC, which names IPv4. */
const WIRELESS = Buffer.from(
  '0000080000000000' + '08010000' + '020000000001020000000002020000000003' + '1000' + 'aaaa030000000800',
  'hex',
);
const wireless = folder('wireless', ...JOURNALS);
const monitored = bare.map((packet) => ({ ...packet, bytes: Buffer.concat([WIRELESS, packet.bytes]) }));
writeFileSync(wireless('server.pcap'), pcap(RADIOTAP, monitored));

/** The same packet in a tunnel of VXLAN (RFC 7348) between two other hosts. */
function inTunnel(packet: Packet): Packet {
  const length = packet.bytes.length;
  const outer = Buffer.from(
    '02000000000102000000000208004500000000004000401100000a0900010a0900029c4012b5000000000800000000002a00',
    'hex',
  );
  outer.writeUInt16BE(length + 36, 16);
  outer.writeUInt16BE(length + 16, 38);
  return { ...packet, bytes: Buffer.concat([outer, packet.bytes]) };
}
writeFileSync(folder('tunnel', ...JOURNALS)('server.pcap'), pcap(ETHERNET, server.map(inTunnel)));

/** The same packet over IPv6, each address with the prefix `fd00::`. */
function overIpv6(packet: Packet): Packet {
  const [header, payload] = [packet.bytes.subarray(0, 20), packet.bytes.subarray(20)];
  const head = Buffer.alloc(40);
  head[0] = 0x60;
  head.writeUInt16BE(payload.length, 4);
  head.set([header[9]!, header[8]!], 6);
  for (const [from, to] of [
    [12, 8],
    [16, 24],
  ] as const) {
    head.set([0xfd, 0], to);
    header.copy(head, to + 12, from, from + 4);
  }
  return { ...packet, bytes: Buffer.concat([head, payload]) };
}

const six = folder('ipv6', 'lab.log');
writeFileSync(six('server.pcap'), pcap(RAW_IP, bare.map(overIpv6)));
for (const journal of ['http.log', 'echo.log']) {
  const entries = readFileSync(join(RUN, journal), 'utf8');
  writeFileSync(six(journal), entries.replaceAll('10.24.142.133', 'fd00::a18:8e85'));
}

writeFileSync(folder('nanosecond-big-endian', ...JOURNALS)('server.pcap'), bigEndianNanoseconds(server));
writeFileSync(folder('gzip', ...JOURNALS)('server.pcap'), gzipSync(readFileSync(whole)));
writeFileSync(folder('empty', ...JOURNALS, 'client.pcap')('server.pcap'), '');

const short = folder('cut-short', ...JOURNALS, 'client.pcap');
writeFileSync(short('server.pcap'), readFileSync(whole).subarray(0, -700));

const damaged = folder('damaged-in-the-middle', ...JOURNALS, 'client.pcap');
const bytes = pcap(ETHERNET, server);
bytes.writeUInt32LE(0x7fffffff, pcap(ETHERNET, server.slice(0, 30)).length + 8);
writeFileSync(damaged('server.pcap'), bytes);

/** A second whose packets the kernel dropped, as the sidecar records it. */
const [from, to] = ['2026-11-29T06:45:07Z', '2026-11-29T06:45:08Z'];
const gap = folder('gap', ...JOURNALS, 'client.pcap');
const kept = server.filter(({ seconds }) => seconds !== Date.parse(from) / 1_000);
writeFileSync(gap('server.pcap'), pcap(ETHERNET, kept));
const record = {
  ...{ timestamp: to, program: 'capture', host: 'server', event: 'gap', from, to },
  ...{ dropped: server.length - kept.length, reason: 'the kernel had no room for them' },
};
appendFileSync(gap('lab.log'), `${JSON.stringify(record)}\n`);

/** A custom block with text (draft-ietf-opsawg-pcapng, 4.9), with the number reserved for documentation. */
const text = Buffer.from('password=nobody said this');
const custom = Buffer.alloc(12 + 28 + 4);
for (const [at, value] of [0xbad, custom.length, 32_473].entries()) custom.writeUInt32LE(value, at * 4);
text.copy(custom, 12);
custom.writeUInt32LE(custom.length, custom.length - 4);
const sections = folder('several-sections', ...JOURNALS);
const [first, second] = ['first', 'second'].map((name) => sections(`${name}.pcapng`));
tool('editcap', '-r', whole, first!, '1-30');
tool('editcap', '-r', whole, second!, '31-1000');
writeFileSync(sections('server.pcap'), Buffer.concat([readFileSync(first!), custom, readFileSync(second!)]));
for (const made of [first!, second!]) rmSync(made);

const secrets = folder('secrets-inside', ...JOURNALS);
tool('editcap', '--inject-secrets', `tls,${join(RUN, 'tls.keys')}`, whole, secrets('server.pcap'));

const own = folder('own-comments', ...JOURNALS);
const ours = 'outcome=200, seed golden, draw 1; http.log entry 1';
tool(
  'editcap',
  '-a',
  '6:the request of question 1',
  '-a',
  `8:${ours}\nits answer`,
  whole,
  own('server.pcap'),
);
const gone = own('gone.pcapng');
tool('editcap', '-t', '-1000', '-r', '-a', '9:of a packet that is gone', whole, gone, '9');
tool('editcap', '-a', '10:mine, in the annotated capture', '-a', `11:${ours}`, whole, own('kept.pcapng'));
tool('mergecap', '-a', '-w', own('server.annotated.pcapng'), gone, own('kept.pcapng'));
for (const made of [gone, own('kept.pcapng')]) rmSync(made);

// From bytes alone: HTTP and messages that no server of the lab sends.

/** Builds packets of raw IP between two addresses, over IPv4 or IPv6. */
class Wire {
  readonly packets: Packet[] = [];

  ip(protocol: number, toServer: boolean, payload: Buffer, { six = false, fragment = 0 } = {}): void {
    const at = this.packets.length;
    const head = six ? Buffer.alloc(40) : Buffer.alloc(20);
    const addresses = six
      ? ['fd00000000000000000000000a008e85', 'fd00000000000000000000000a001cb6']
      : ['0a008e85', '0a001cb6'];
    const [from, to] = (toServer ? addresses : addresses.toReversed()).map((one) => Buffer.from(one, 'hex'));
    if (six) {
      head[0] = 0x60;
      head.writeUInt16BE(payload.length, 4);
      head.set([protocol, 64], 6);
      head.set([...from!, ...to!], 8);
    } else {
      head[0] = 0x45;
      head.writeUInt16BE(20 + payload.length, 2);
      head.writeUInt16BE(at + 1, 4);
      head.writeUInt16BE(fragment, 6);
      head.set([64, protocol], 8);
      head.set([...from!, ...to!], 12);
    }
    this.packets.push({ seconds: 1_795_000_000, micros: at * 1_000, bytes: Buffer.concat([head, payload]) });
  }

  /** One connection with these payloads. One that begins with `<` is the server's; a number is the offset of its bytes. */
  connection(
    client: number,
    port: number,
    payloads: readonly [bytes: string | Buffer, offset?: number][],
    six = false,
  ) {
    const next = { client: 1_001, server: 5_001 };
    const segment = (toServer: boolean, flags: number, seq: number, payload: Buffer) => {
      const head = Buffer.alloc(20);
      head.writeUInt16BE(toServer ? client : port);
      head.writeUInt16BE(toServer ? port : client, 2);
      head.writeUInt32BE(seq, 4);
      head.writeUInt32BE(flags === 2 ? 0 : toServer ? next.server : next.client, 8);
      head.set([0x50, flags, 0xff, 0xff], 12);
      this.ip(6, toServer, Buffer.concat([head, payload]), { six });
    };
    segment(true, 0x02, 1_000, Buffer.alloc(0));
    segment(false, 0x12, 5_000, Buffer.alloc(0));
    for (const [bytes, offset = 0] of payloads) {
      const toServer = bytes[0] !== '<' && bytes[0] !== 0x3c;
      const payload = Buffer.from(toServer ? (bytes as string) : (bytes.slice(1) as string), 'latin1');
      const side = toServer ? 'client' : 'server';
      segment(toServer, 0x18, next[side] + offset, payload);
      if (offset === 0) next[side] += payload.length;
    }
    segment(true, 0x11, next.client, Buffer.alloc(0));
    segment(false, 0x11, next.server, Buffer.alloc(0));
  }
}

const lines = (...all: string[]) => all.join('\r\n');
const get = lines('GET /getbalance HTTP/1.1', 'Host: a', '', '');
const login = `Authorization: Basic ${Buffer.from('alice:secret').toString('base64')}`;
const form = lines('POST /login HTTP/1.1', 'Content-Length: 22', '', 'user=a&password=secret');
const zipped = gzipSync('the balance is 9999\n').toString('latin1');
const wire = new Wire();
wire.connection(40_001, 8080, [
  [get],
  [`<${lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '1', '[', '')}`],
  [`<${lines('2', '1]', '0', '', '')}`],
]);
wire.connection(40_002, 8080, [[form.slice(0, -9)], [form.slice(-9)], [form, -9]]);
wire.connection(40_003, 8080, [
  [lines('GET / HTTP/1.1', '')],
  [login.slice(0, 25)],
  [lines(login.slice(25), '', '')],
]);
wire.connection(40_004, 8080, [[form + get + form]]);
wire.connection(
  40_005,
  80,
  [
    [get],
    [
      `<${lines('HTTP/1.1 200 OK', 'Content-Encoding: gzip', `Content-Length: ${zipped.length}`, '', zipped)}`,
    ],
  ],
  true,
);
wire.connection(40_006, 80, [[form.slice(20), 20], [form.slice(0, 20)]]);
wire.connection(40_007, 80, [['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], ['<readable all the way\n']]);
wire.connection(40_008, 25, [['<220 mail\r\n'], ['PASS token=secret\r\n']]);
wire.connection(40_009, 9090, [['Hel'], ['lo\nWor'], ['<Hello\n'], ['ld\n'], ['<Packet Loss']], true);
const datagram = Buffer.concat([
  Buffer.from('9c49238205e00000', 'hex'),
  Buffer.from('readable '.repeat(180)),
]);
wire.ip(17, true, datagram.subarray(0, 1480), { fragment: 0x2000 });
wire.ip(17, true, Buffer.concat([Buffer.from('9c4a2382000b0000', 'hex'), Buffer.from('Hey')]));
writeFileSync(folder('exposed')('server.pcap'), pcap(RAW_IP, wire.packets));
