import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CertificateVolumes } from './certificate-volumes.ts';
import { command, type Ended, type Host, Lab } from './lab.ts';
import { commandsOf, shown, uncertified, untrusting } from './refusals.ts';
import { unauthorized } from './refusals-access.ts';
import {
  framesOf,
  type Journaled,
  type Played,
  play,
  replace,
  replayed,
  shows,
  witnessOf,
} from './refusing.ts';

const TOKEN = 'planted-token-5f1c';
const PASSWORD = 'planted-password-8d20';
const LOGIN = `planted-user:${PASSWORD}`;
const BODY = 'planted-body-77aa';
/** Texts that nobody can read in an encrypted exchange. */
const PLANTED = [TOKEN, PASSWORD, Buffer.from(LOGIN).toString('base64'), BODY];

let lab: Lab;
const played: Played[] = [];
/** All rows. Jest needs their names before there is a lab. */
const rowsOf = (of: Lab) => [
  ...untrusting(of),
  ...shown(of).flatMap(({ refusals }) => refusals),
  ...unauthorized(of, 'tls'),
  ...unauthorized(of, 'plain'),
  ...uncertified(of),
];
const names = [...rowsOf({} as Lab).map(({ what }) => what), 'replayed transfer'];
/** The length of each capture at the first plain request, and when TLS 1.2 was allowed. */
const marks: Record<'plain' | 'tls12', Record<Host, number>> = {
  plain: { server: 0, client: 0 },
  tls12: { server: 0, client: 0 },
};
/** The output and exit code of commands that are not in the table. */
const served: Record<string, readonly Ended[]> = {};
let insecure: readonly Ended[];
let plainPorts: readonly Ended[];
const restarts: string[] = [];

beforeAll(async () => {
  lab = await Lab.start(
    { HTTP_FAULTS: 'none', ECHO_FAULTS: 'none', LAB_TOKEN: TOKEN, LAB_BASIC: LOGIN },
    'plain',
  );
  const volumes = await CertificateVolumes.open(lab);
  const prepared = await volumes.run(`
    again; issue expired $by_ca $expired
    install -m 444 /tmp/expired.pem client/expired.pem; install -m 440 /tmp/expired.key client/expired.key`);
  expect(prepared).toBe('');
  const own =
    'openssl req -config /dev/null -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2';
  const foreign = await lab.shell(`
    ${own} -keyout /tmp/foreign.key -out /tmp/foreign.pem -subj /CN=foreign
    ${own} -CA /tmp/foreign.pem -CAkey /tmp/foreign.key -keyout /tmp/of-foreign.key -out /tmp/of-foreign.pem -subj /CN=of-foreign`);
  expect(foreign.code).toBe(0);

  served['TLS 1.3'] = await serve('--tls 1.3');
  played.push(...(await play(lab, [...untrusting(lab), ...unauthorized(lab, 'tls')])));
  for (const { make, refusals } of shown(lab)) {
    await replace(lab, volumes, `${make}; give http new; give echo new`);
    played.push(...(await play(lab, refusals)));
  }
  const { balance, echo } = commandsOf(lab);
  insecure = await Promise.all(
    [balance('--tls --insecure'), echo('--tls --insecure')].map((line) => lab.shell(line)),
  );
  await replace(lab, volumes, 'again');
  served['TLS 1.3 afterwards'] = await serve('--tls');

  marks.plain = await sizes();
  served.plain = await serve('');
  played.push(...(await play(lab, unauthorized(lab, 'plain'))));
  played.push(...(await play(lab, [await replayed(lab)])));
  const ports = [balance('--tls', lab.httpPort), echo('--tls --timeout 1', lab.echoPort)];
  plainPorts = await Promise.all(ports.map((line) => lab.shell(line)));
  restarts.push(...(await states()));

  marks.tls12 = await sizes();
  await lab.change(['http', 'echo'], { LAB_MTLS: '1', LAB_TLS_MIN: '1.2' });
  played.push(...(await play(lab, uncertified(lab))));
  served['client certificate, TLS 1.3'] = await serve('--tls 1.3');
  served['client certificate, TLS 1.2'] = await serve('--tls 1.2');
  restarts.push(...(await states()));
});
afterAll(() => lab?.end());

/** A login, requests and a message of a client that both servers accept, over TLS or plain. */
function serve(tls: string): Promise<Ended[]> {
  const { balance, echo, plainBalance, plainEcho } = commandsOf(lab);
  const way = tls === '' ? [plainBalance(), plainEcho()] : [balance(tls), echo(`${tls} --message ${BODY}`)];
  const [scheme, port] = tls === '' ? ['http', lab.httpPort] : ['https', lab.httpsPort];
  const certificate =
    '--cacert /certificates/ca.pem --cert /certificates/certificate.pem --key /certificates/key.pem';
  const login = `curl --silent --fail ${certificate} --user "$LAB_BASIC" ${scheme}://$server:${port}/login`;
  return Promise.all(
    [...way, login].map((line) => lab.shell(line.replace('--message Hey', `--message ${BODY}`))),
  );
}

async function states(): Promise<string[]> {
  const format = '{{.State.Status}}, {{.RestartCount}} restarts, exit code {{.State.ExitCode}}';
  return (await lab.docker('inspect', '--format', format, lab.nameOf('http'), lab.nameOf('echo'))).stdout
    .trim()
    .split('\n');
}

/** The bytes of both captures, with everything that was sent before. */
async function sizes(): Promise<Record<Host, number>> {
  const look = async (host: Host) => {
    await lab.captured(host);
    return (await stat(join(lab.settings.LAB_CAPTURES_DIR!, `${host}.pcap`))).size;
  };
  return { server: await look('server'), client: await look('client') };
}

describe('a refused client', () => {
  let witness: Awaited<ReturnType<typeof witnessOf>>;

  beforeAll(async () => {
    witness = await witnessOf(lab);
  });

  test.each(names)('%s', (what) => {
    const row = played.find((refusal) => refusal.what === what)!;
    expect(row.stdout).toContain(row.prints);
    expect(row.entries.length).toBeGreaterThan(0);
    for (const entry of row.entries) {
      expect(entry).toMatchObject({
        ...row.entry,
        client_ip: lab.settings.LAB_CLIENT_ADDRESS,
        client_port: expect.any(Number),
      });
      const own = framesOf(witness, row, entry.client_port);
      expect({ port: entry.client_port, isSeen: own.some((frame) => shows(frame, row.wire)) }).toEqual({
        port: entry.client_port,
        isSeen: true,
      });
    }
  });

  const entriesOf = (isOne: (entry: Journaled, row: Played) => boolean) => {
    const found = played.flatMap((row) =>
      row.entries.flatMap((entry) => (isOne(entry, row) ? { entry, row } : [])),
    );
    expect(found).not.toEqual([]);
    return found;
  };

  test('its server logs a failed handshake', () => {
    for (const { entry, row } of entriesOf(({ event }) => event === 'handshake'))
      expect(row.log).toContain(`${entry.client_ip}:${entry.client_port} failed: ${entry.reason}\n`);
  });

  test('the echo server prints a refused message', () => {
    for (const { entry, row } of entriesOf(
      ({ event }, { server }) => event === undefined && server === 'echo',
    ))
      expect(row.log).toContain(`Refused: ${entry.reason}\n`);
  });

  test('where only the end is expected, there is no alert except close_notify', () => {
    for (const { entry, row } of entriesOf((_, { wire }) => 'end' in wire)) {
      const own = framesOf(witness, row, entry.client_port);
      expect(own).not.toEqual([]);
      expect(own.flatMap(({ alerts }) => alerts).filter((alert) => alert !== '0')).toEqual([]);
    }
  });
});

test('the client explains TLS on a plain port', () => {
  const [http, echo] = plainPorts;
  expect(http!.stdout).toContain(`${lab.server}:${lab.httpPort} does not speak TLS on that port`);
  // The echo server answers the lines in a ClientHello, if there are any.
  expect(echo!.stdout).toMatch(/(does|may) not speak TLS on that port/);
});

describe('a client with valid credentials', () => {
  test.each([
    'TLS 1.3',
    'TLS 1.3 afterwards',
    'plain',
    'client certificate, TLS 1.3',
    'client certificate, TLS 1.2',
  ])('is served, before and after the others: %s', (way) => {
    const [balance, echo, login] = served[way]!;
    expect(balance).toMatchObject({ code: 0, stdout: expect.stringContaining('status code: 200\nLogs:') });
    expect(echo).toMatchObject({ code: 0, stdout: expect.stringContaining(`Received valid reply: ${BODY}`) });
    expect(login).toMatchObject({ code: 0, stdout: 'Welcome, planted-user\n' });
  });

  test('by servers that never restarted', () => {
    expect(restarts).toEqual(Array(4).fill('running, 0 restarts, exit code 0'));
  });

  test('with --insecure, after a warning, by a self-signed server', () => {
    const warning =
      "warn: --insecure: the server's certificate is not verified, so anybody can pretend to be the server\n";
    for (const { code, stderr } of insecure) expect({ code, stderr }).toEqual({ code: 0, stderr: warning });
  });
});

describe('the token, the login and the messages', () => {
  const range = async (host: Host, from: number, to?: number) =>
    (await readFile(join(lab.settings.LAB_CAPTURES_DIR!, `${host}.pcap`))).subarray(from, to);

  test.each(['server', 'client'] as const)(
    'are not readable in the capture of the %s over TLS, and are readable in plain text',
    async (host) => {
      const parts = {
        tls13: await range(host, 0, marks.plain[host]),
        plain: await range(host, marks.plain[host], marks.tls12[host]),
        tls12: await range(host, marks.tls12[host]),
      };
      for (const part of Object.values(parts)) expect(part.length).toBeGreaterThan(10_000);
      const found = Object.entries(parts).map(([part, bytes]) => [
        part,
        PLANTED.filter((text) => bytes.includes(text)),
      ]);
      // The password is in base64, which anybody can decode.
      expect(found).toEqual([
        ['tls13', []],
        ['plain', PLANTED.filter((text) => text !== PASSWORD)],
        ['tls12', []],
      ]);
    },
  );

  const secrets = [TOKEN, PASSWORD, PLANTED[2]!];

  test('are in no other file, in no log and in no output of a client', async () => {
    const folder = lab.settings.LAB_CAPTURES_DIR!;
    // .run has a second name for the same files.
    const files = (await readdir(folder)).filter((file) => !file.startsWith('.') && !file.endsWith('.pcap'));
    expect(files).toEqual(expect.arrayContaining(['echo.log', 'http.log', 'lab.log', 'tls.keys']));
    const { stdout } = await lab.compose('logs', '--no-color');
    expect(stdout).toContain('TLS handshake with');
    const texts = {
      ...Object.fromEntries(
        await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')])),
      ),
      logs: stdout,
      clients: [...played, ...Object.values(served).flat(), ...insecure]
        .map((ended) => ended.stdout + ended.stderr)
        .join('\n'),
    };
    for (const [where, text] of Object.entries<string>(texts))
      expect({ where, found: secrets.filter((secret) => text.includes(secret)) }).toEqual({
        where,
        found: [],
      });
  });

  test('are known to the programs that need them, and to no other container', async () => {
    const { stdout: containers } = await lab.compose('ps', '--all', '--quiet');
    const { stdout } = await lab.docker('inspect', ...containers.trim().split('\n'));
    const known = JSON.parse(stdout).flatMap((container: { Config: { Labels: Record<string, string> } }) => {
      const found = [TOKEN, PASSWORD].filter((secret) => JSON.stringify(container).includes(secret));
      return found.length > 0 ? [[container.Config.Labels['com.docker.compose.service'], found]] : [];
    });
    expect(Object.fromEntries(known)).toEqual({
      http: [TOKEN, PASSWORD],
      echo: [TOKEN],
      client: [TOKEN, PASSWORD],
    });
  });

  test('are not printed when the setting is not allowed', async () => {
    const wrong = { ...lab.settings, LAB_TOKEN: 'planted token', LAB_BASIC: 'planted-nobody' };
    const check = [
      'compose',
      'run',
      '--rm',
      '--no-deps',
      '--no-TTY',
      'http',
      'node',
      'services/http/main.ts',
      '--check',
    ];
    const { code, stdout, stderr } = await command(wrong, 'docker', ...check);
    expect(code).toBe(2);
    expect(stderr).toContain('LAB_TOKEN has a value that is not shown; allowed: ');
    expect(stderr).toContain('LAB_BASIC has a value that is not shown; allowed: ');
    expect(stdout + stderr).not.toContain('planted');
  });
});
