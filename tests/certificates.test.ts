import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CertificateVolumes, type Sums } from './certificate-volumes.ts';
import { eventually } from './eventually.ts';
import { command, Lab } from './lab.ts';
import type { Attempt } from './scenario.ts';

let lab: Lab;
let volumes: CertificateVolumes;

beforeAll(async () => {
  lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none', LAB_TLS_KEYLOG: '0' }, 'plain');
  volumes = await CertificateVolumes.open(lab);
});
afterAll(() => lab?.end());

const serverNames = () => `IP Address:${lab.server}, IP Address:127.0.0.1, DNS:server-host, DNS:localhost`;
const clientNames = () => `IP Address:${lab.settings.LAB_CLIENT_ADDRESS}, DNS:client-host`;

/** Every certificate except the CA's: its program, the prefix of its files, and its host. */
const certificates = [
  ['http', '', 'Server'],
  ['echo', '', 'Server'],
  ['client', 'host-', 'Server'],
  ['client', '', 'Client'],
] as const;

describe('the certificates of a lab', () => {
  let sums: Sums;
  /** The keys of a program, or of all. */
  const keysOf = (program: string) =>
    Object.keys(sums).filter((path) => path.startsWith(program) && path.endsWith('key.pem'));

  beforeAll(async () => {
    sums = await volumes.sums();
  });

  test('are one for each program, with the names and the purpose of its host', async () => {
    const shown = certificates.map(([program, prefix]) => {
      const show = '-noout -ext subjectAltName,extendedKeyUsage,basicConstraints,keyUsage';
      return `openssl x509 -in ${program}/${prefix}certificate.pem ${show}; echo --`;
    });
    const extensions = (await volumes.run(shown.join('\n'))).split('--\n');
    for (const [index, [program, , whose]] of certificates.entries()) {
      const values = extensions[index]!.split('\n').filter((line) => line.startsWith('    '));
      const names = program === 'client' ? clientNames() : serverNames();
      expect(values.map((line) => line.trim()).sort()).toEqual(
        ['CA:FALSE', 'Digital Signature', `TLS Web ${whose} Authentication`, names].sort(),
      );
    }
  });

  test('are signed by the CA, for only that purpose, those names and those addresses', async () => {
    const verify = (option: string, program: string) =>
      volumes.run(`openssl verify -CAfile ca/certificate.pem ${option} ${program}/certificate.pem 2>&1`);
    await volumes.change('');
    for (const option of ['-verify_hostname server-host', '-verify_ip 127.0.0.1', `-verify_ip ${lab.server}`])
      expect(await verify(`-purpose sslserver ${option}`, 'http')).toBe('http/certificate.pem: OK\n');
    await expect(verify('-purpose sslclient', 'http')).rejects.toThrow('unsuitable certificate purpose');
    await expect(verify('-purpose sslserver', 'client')).rejects.toThrow('unsuitable certificate purpose');
    await expect(verify('-verify_hostname elsewhere', 'echo')).rejects.toThrow('hostname mismatch');
    await expect(verify('-verify_ip 10.9.8.7', 'echo')).rejects.toThrow('address mismatch');
  });

  test('have their own keys, which only their program can read and nobody can write', async () => {
    expect(new Set(keysOf('').map((path) => sums[path])).size).toBe(5);
    for (const program of ['http', 'echo', 'client']) {
      const look = 'stat -c "%a %u:%g %n" *key.pem; sha256sum *; echo > new.pem';
      const { stdout, stderr } = await lab.exec(program, 'sh', '-c', `cd /certificates; ${look}`);
      const lines = stdout.trim().split('\n');
      // The student owns work/, and is in the group.
      const mode = program === 'client' ? '440' : '400';
      const own = keysOf(`${program}/`);
      expect(lines.slice(0, own.length)).toEqual(
        own.map((path) => `${mode} 10001:10001 ${path.split('/')[1]}`).sort(),
      );
      for (const path of keysOf('')) expect(stdout.includes(sums[path]!)).toBe(own.includes(path));
      expect(stderr).toContain('Read-only file system');
      const other = ['exec', '--no-TTY', '--user', '4242:4242', program, 'cat', '/certificates/key.pem'];
      const asked = await lab.compose(...other);
      expect(asked).toMatchObject({ stdout: '', stderr: expect.stringContaining('Permission denied') });
    }
  });

  test('are mounted in their program, and all together only in the service that makes them', async () => {
    const { stdout: containers } = await lab.compose('ps', '--all', '--quiet');
    const format = '{{index .Config.Labels "com.docker.compose.service"}}:{{range .Mounts}} {{.Name}}{{end}}';
    const { stdout } = await lab.docker('inspect', '--format', format, ...containers.trim().split('\n'));
    const prefix = `${lab.settings.COMPOSE_PROJECT_NAME}_`;
    const mounts = stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [service, names = ''] = line.split(':') as [string, string];
        const own = names.split(' ').filter((name) => name !== '');
        return [service, own.map((name) => name.replace(prefix, '')).sort()];
      });
    expect(Object.fromEntries(mounts)).toEqual({
      certificates: ['ca', 'client-key', 'echo-key', 'http-key'],
      ...{ http: ['http-control', 'http-key'], echo: ['echo-control', 'echo-key'], client: ['client-key'] },
      ...{ 'server-host': [], 'client-host': [], 'capture-server': [], 'capture-client': [] },
    });
  });

  test('are made once: another start keeps them', async () => {
    const start = await lab.compose(
      'run',
      '--rm',
      '--no-deps',
      '--no-TTY',
      'certificates',
      'services/certificates/certificates.sh',
    );
    expect(start).toMatchObject({ code: 0, stdout: '' });
    expect(await volumes.sums()).toEqual(sums);
  });
});

const filesOf = (...of: string[]) =>
  of.flatMap((name) => [`${name}certificate.pem`, `${name}key.pem`]).sort();
const all = filesOf('ca/', 'http/', 'echo/', 'client/', 'client/host-');
const copies = ['http/ca.pem', 'echo/ca.pem', 'client/ca.pem'];

describe('another start makes new ones', () => {
  const names = () =>
    `-addext subjectAltName=${serverNames().replaceAll('IP Address', 'IP').replaceAll(', ', ',')}`;

  test('only for one that has expired or will within a day', async () => {
    await volumes.change(`issue new $by_ca -days 3 ${names()}; give http new`);
    expect(await volumes.change('again')).toEqual({ files: [], printed: '' });
    for (const when of ['-days 1', '$expired']) {
      const { files } = await volumes.change(`issue new $by_ca ${when} ${names()}; give http new; again`);
      expect(files).toEqual(filesOf('http/'));
    }
  });

  test('for all when the CA has expired', async () => {
    const { files } = await volumes.change('issue new $expired; give ca new; again');
    expect(files).toEqual([...all, ...copies].sort());
  });

  test('for a host with a new address, and prints which', async () => {
    const moved = await volumes.change('LAB_SERVER_ADDRESS=10.9.8.7 again');
    expect(moved.files).toEqual(filesOf('http/', 'echo/'));
    const line = 'server-host (IP:10.9.8.7,IP:127.0.0.1,DNS:server-host,DNS:localhost), for';
    expect(moved.printed).toBe(`certificates made:\n    ${line} http\n    ${line} echo\n`);
    expect((await volumes.change('again')).files).toEqual(filesOf('http/', 'echo/'));
    const { files } = await volumes.change('LAB_CLIENT_ADDRESS=10.9.8.7 again');
    expect(files).toEqual(filesOf('client/', 'client/host-'));
    await volumes.change('again');
  });

  test.each<[string, string, readonly string[]]>([
    ['a truncated key', 'cut http/key.pem', filesOf('http/')],
    ['a truncated certificate', 'cut echo/certificate.pem', filesOf('echo/')],
    ['an empty key', 'install -m 400 /dev/null client/key.pem', filesOf('client/')],
    ['a key that is gone', 'rm -f client/host-key.pem', filesOf('client/host-')],
    ['the key of another', 'install -m 400 echo/key.pem http/key.pem', filesOf('http/')],
    ['a certificate of nobody', 'issue new; give http new', filesOf('http/')],
    ['a truncated CA', 'cut ca/certificate.pem', [...all, ...copies].sort()],
    ['a CA with a truncated key', 'cut ca/key.pem', [...all, ...copies].sort()],
    ['a copy of the CA that is gone', 'rm -f echo/ca.pem', filesOf('echo/')],
    [
      'what a start that was killed has left',
      'rm -f http/key.pem; install -m 400 ca/key.pem http/new.key',
      filesOf('http/'),
    ],
  ])('of %s', async (_what, line, expected) => {
    expect((await volumes.change(`${line}; again`)).files).toEqual(expected);
  });
});

describe('make certs', () => {
  const run =
    (name: string, port: string) =>
    (...options: string[]) =>
      lab.exec('client', 'client', name, lab.server, port, '--tls', '--timeout', '60', ...options);
  const echo = (...options: string[]) =>
    run('echo', lab.echoTlsPort)('--message', 'Hey', '--retries', '1', ...options);
  const balance = (...options: string[]) => run('balance', lab.httpsPort)('--requests', '1', ...options);
  const logOf = async (server: string) => (await lab.docker('logs', lab.nameOf(server))).stdout;
  /** Runs `make certs`, and waits until the servers have read the new certificates. */
  const make = async () => {
    const before = [await logOf('http'), await logOf('echo')];
    const ended = await command(lab.settings, 'setup/certs.sh');
    for (const [index, server] of ['http', 'echo'].entries()) {
      const isRead = async () => (await logOf(server)).slice(before[index]!.length).includes('read again');
      await eventually(`new certificates in the log of ${server}`, 60_000, isRead);
    }
    return ended;
  };
  test('makes a new CA that servers use at once, and open connections continue', async () => {
    // The certificates that the servers read at their start are not in the volumes any more.
    expect(await make()).toMatchObject({ code: 0 });
    await lab.exec('client', 'cp', '/certificates/ca.pem', '/tmp/old.pem');
    const request = (header = '') =>
      `printf 'GET /getbalance HTTP/1.1\\r\\nHost: lab\\r\\n${header}\\r\\n' >&3`;
    const open = lab.shell(`
      (echo one; until test -e /tmp/renewed; do sleep 0.05; done; echo two) |
        client echo $server ${lab.echoTlsPort} --tls --json &
      mkfifo /tmp/requests
      openssl s_client -connect $server:${lab.httpsPort} -CAfile /tmp/old.pem -quiet </tmp/requests >/tmp/answers &
      exec 3>/tmp/requests
      until test -e /tmp/renewed; do ${request()}; sleep 0.5; done
      ${request('Connection: close\\r\\n')}
      wait; cat /tmp/answers`);
    const decided = async () => [...(await lab.journal('http')), ...(await lab.journal('echo'))].length;
    const begun = await decided();
    await eventually('an entry of each server', 60_000, async () => (await decided()) >= begun + 2);

    const before = await volumes.sums();
    const { code, stdout } = await make();
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^certificates made:\n {4}the CA\n {4}client-host \(IP:/),
    });
    expect((await volumes.change('')).files).toEqual([]);
    const after = await volumes.sums();
    expect(Object.keys(before).filter((path) => before[path] === after[path])).toEqual([]);

    for (const ask of [echo, balance]) {
      expect((await ask()).code).toBe(0);
      const refused = await ask('--ca', '/tmp/old.pem');
      expect(refused).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('was issued by an unknown CA'),
      });
    }
    await lab.exec('client', 'touch', '/tmp/renewed');
    const ended = await open;
    const lines = ended.stdout.split('\n').filter((text) => text.startsWith('{'));
    const messages = lines.map((text) => JSON.parse(text));
    expect(messages).toMatchObject([
      { body: 'one', answered: true },
      { body: 'two', answered: true },
    ]);
    expect(new Set(messages.flatMap(({ attempts }) => attempts.map(({ port }: Attempt) => port))).size).toBe(
      1,
    );
    // At least two, and the last one ends the connection.
    expect(ended.stdout.match(/HTTP\/1.1 200 OK/g)!.length).toBeGreaterThan(2);
    expect(ended.stdout.match(/^Connection: close\r$/gm)).toHaveLength(1);
  });

  test('lets the servers keep the old ones when the new ones are broken, and the servers print that', async () => {
    const errorsOf = async () => (await lab.docker('logs', lab.nameOf('http'))).stderr;
    const before = (await errorsOf()).length;
    await volumes.run('cut http/key.pem');
    const isPrinted = async () =>
      (await errorsOf()).slice(before).includes("the new certificates can't be used, the old ones stay");
    await eventually('a line that the old certificates stay', 60_000, isPrinted);
    expect(await errorsOf()).not.toContain('PRIVATE KEY');
    expect((await balance()).code).toBe(0);
  });
});

describe('with LAB_TLS_KEYLOG=0', () => {
  test('no key is kept', async () => {
    expect(await readFile(join(lab.settings.LAB_CAPTURES_DIR!, 'tls.keys'), 'utf8')).toBe('');
    for (const server of ['http', 'echo']) {
      const found = await lab.exec(
        server,
        'sh',
        '-c',
        "find / -xdev -name '*.keys' 2>/dev/null; ls /tmp /run/wirelab",
      );
      expect(found.stdout).not.toContain('keys');
      const { stdout } = await lab.compose('logs', '--no-log-prefix', server);
      expect(stdout).toContain('1.3 or newer\n');
      expect(stdout).not.toContain('keys');
    }
  });
});
