import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { imageOf } from './images.ts';
import { command, type Ended, Lab } from './lab.ts';

/** Whose folder work/ is: nobody that the image knows. */
const STUDENT = { uid: 1234, gid: 4321 };

const CLIENT = `
import sys, requests
with requests.Session() as session:
    answer = session.get(f'http://{sys.argv[1]}:{sys.argv[2]}/getbalance', timeout=5)
    print(answer.status_code, session.get(f'http://{sys.argv[1]}:{sys.argv[2]}/getlogs').json()[-1]['outcome'])
`;

let lab: Lab;
const work = () => lab.settings.LAB_WORK_DIR!;
const made = async (file: string) => {
  const { uid, gid } = await stat(join(work(), file));
  return { uid, gid };
};
/** Makes the folder somebody's, which takes root, who is in the engine's containers. */
const give = (owner: string) =>
  lab.docker(
    ...['run', '--rm', '--user', '0', '--network', 'none', '--volume', `${work()}:/work`],
    ...['--entrypoint', 'chown', imageOf('client'), '--recursive', owner, '/work'],
  );
/** A command line in the client host, with the addresses and ports that a student sees there. */
const student = (line: string) => lab.compose('exec', '--no-TTY', 'client', 'bash', '-c', line);
const withRaw = (line: string) =>
  lab.compose('run', '--rm', '--no-deps', '--no-TTY', 'client-raw', 'bash', '-c', line);
/** A command line typed in `make shell`. */
const typed = (line: string, raw: string) =>
  command({ ...lab.settings, LAB_CLIENT_RAW: raw }, 'sh', '-c', `echo '${line}' | make --silent shell`);

/** A command line that captures, while the server host is asked by ping until it ends. */
const pinged = (line: string) =>
  `timeout 60 ${line} & while kill -0 $! 2>&-; do ping -c1 server-host; done >&2; wait $!`;

beforeAll(async () => {
  lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none' }, 'plain');
  await writeFile(join(work(), 'client.py'), CLIENT);
  await give(`${STUDENT.uid}:${STUDENT.gid}`);
  const up = ['up', '--detach', '--no-build', '--no-deps', '--force-recreate', '--wait', 'client'];
  expect(await lab.compose(...up)).toMatchObject({ code: 0 });
});
afterAll(async () => {
  if (!lab) return;
  await give(`${process.getuid?.()}:${process.getgid?.()}`);
  await lab.end();
});

describe('the client host', () => {
  test.each([
    ['ifconfig eth0', /inet $client /],
    ['ip -brief -4 address show eth0', / $client\/16/],
    ['ping -c1 server-host', /1 packets transmitted, 1 received/],
    ['traceroute server-host', /^ 1 {2}\S+ \($server\)/m],
    ['traceroute -I server-host', /^ 1 {2}\S+ \($server\)/m],
    ['mtr --no-dns --report --report-cycles 1 server-host', /1\.\|-- $server +0\.0%/],
    ['dig +short server-host', /^$server$/m],
    ['arp -n', /$server/],
    ['ss -tln', /LISTEN/],
    ['netstat -rn', /eth0/],
    ['nmap -p $HTTP_PORT server-host', /^\d+\/tcp open/m],
    ['nc -zv server-host $HTTP_PORT 2>&1', /succeeded/],
    ['echo Hey | ncat server-host $ECHO_PORT', /^Hey$/m],
    ['echo Hey | socat -t 5 - UDP:server-host:$ECHO_PORT', /^Hey$/m],
    ['curl --silent http://server-host:$HTTP_PORT/getbalance', /<h1>/],
    ['wget -qO- http://server-host:$HTTP_PORT/getbalance', /<h1>/],
    ['client echo $LAB_SERVER_ADDRESS $ECHO_TLS_PORT --protocol tcp --tls --message Hey', /valid reply: Hey/],
    ['python3 client.py server-host $HTTP_PORT', /^200 200$/m],
    ['python3 -c "import scapy.all"', /^$/],
    ['python --version', /^Python 3/],
    ['echo Grüße | wc -m', /^6$/m],
    ['echo Grüße >/tmp/greeting && less -FX /tmp/greeting', /Grüße/],
    ['iperf3 --version', /^iperf 3/],
    ['echo "{\\"a\\": 1}" | jq .a | xxd', /310a/],
    ['man ss', /utility to investigate sockets/],
    ['man ls', /list directory contents/],
    ['man 7 tcp', /TCP protocol/],
    ['man -k traceroute', /^traceroute/m],
    ['nano --version', /GNU nano/],
    ['vim --version', /VIM - Vi IMproved/],
    ['less --version', /^less \d/],
    ['id -un; pwd; echo $HOME', /^student\n\/work\n\/work$/m],
  ])('%s', async (line, pattern) => {
    const { LAB_SERVER_ADDRESS: server, LAB_CLIENT_ADDRESS: client } = lab.settings;
    const source = pattern.source.replace('$server', server!).replace('$client', client!);
    const { code, stdout } = await student(line);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(new RegExp(source, pattern.flags)),
    });
  });

  test('has each command that its greeting names, and its manual', async () => {
    const { stdout } = await student('SHLVL=0 bash -ic exit 2>/dev/null');
    const rows = stdout.split('\n').filter((row) => /^ {4}(?!server host|your files)\S/.test(row));
    const commands = rows.flatMap((row) => row.slice(20).split('  ')).map((name) => name.split(' ')[0]!);
    expect(commands).toEqual(expect.arrayContaining(['ifconfig', 'ping', 'dig', 'nano', 'tshark']));
    const without = await student(`for name in ${commands.join(' ')}; do
      command -v $name >/dev/null && { [ $name = client ] || man --where $name >/dev/null; } || echo $name; done 2>/dev/null`);
    expect(without.stdout).toBe('');
  });

  test('fits on a screen of 80 columns and 24 lines when it greets', async () => {
    const { stdout } = await student('SHLVL=0 bash -ic exit 2>/dev/null');
    const lines = stdout.split('\n');
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('the student', () => {
  test('is the owner of work/, and so are her files', async () => {
    await student('date > made');
    expect(await made('made')).toEqual(STUDENT);
    expect((await student('id -u; id -g')).stdout).toBe('1234\n4321\n');
  });

  test('has no right, and gets none', async () => {
    const { stdout } = await student('grep -E "CapPrm|CapBnd|CapAmb|NoNewPrivs" /proc/self/status');
    expect(stdout.match(/\w+$/gm)).toEqual(['0000000000000000', '0000000000000000', '0000000000000000', '1']);
    for (const line of ['tcpdump -c1 -i eth0', 'traceroute -T server-host']) {
      const { code, stderr } = await student(line);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/permission|privileges/) });
    }
  });

  test('is the same after a restart of the container', async () => {
    await lab.compose('restart', 'client');
    expect((await student('id -u')).stdout).toBe('1234\n');
  });
});

describe('with LAB_CLIENT_RAW=1', () => {
  test('make shell is of the same student, with NET_RAW and no other right', async () => {
    const { stdout } = await typed('id -un; grep Cap /proc/self/status', '1');
    const [name, ...capabilities] = stdout.trim().split('\n');
    expect(name).toBe('student');
    const sets = Object.fromEntries(capabilities.map((line) => line.split(':\t')));
    const raw = '0000000000002000';
    expect(sets).toMatchObject({ CapInh: raw, CapPrm: raw, CapEff: raw, CapAmb: raw });
  });

  test.each([
    [
      `${pinged('tcpdump -c1 -ni eth0 -w seen.pcap "icmp[0] == 8"')}; tcpdump -nr seen.pcap`,
      /ICMP echo request/,
    ],
    [pinged('tshark -c1 -i eth0 -f icmp'), /Echo \(ping\)/],
    ['nmap -sS -p $HTTP_PORT server-host', /^\d+\/tcp open/m],
    ['traceroute -T -p $HTTP_PORT server-host', /^ 1 {2}/m],
    [
      'python3 -c "from scapy.all import *; print(sr1(IP(dst=\'server-host\')/ICMP(), timeout=5, verbose=0).summary())"',
      /echo-reply/,
    ],
  ])('%s', async (line, pattern) => {
    const { code, stdout } = await withRaw(line);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(pattern) });
  });

  test('files of raw shells belong to the student too', async () => {
    expect(await made('seen.pcap')).toEqual(STUDENT);
  });

  test('another value is refused', async () => {
    const refused: Ended = await typed('id', 'yes');
    expect(refused.stderr).toContain('LAB_CLIENT_RAW is "yes"; allowed: 0, 1');
  });
});
