import assert from 'node:assert/strict';
import { access, constants, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DockerComposeEnvironment, Wait } from 'testcontainers';

/** The lab: here the clone that this example is in, in a course of your own a submodule. */
const folder = join(import.meta.dirname, '..', '..');
/** What the HTTP server does to the requests, in this order. */
const outcomes = ['200', '403', 'timeout', '500', '200'];

/** Where systems keep the CA certificates that they trust: the builds of the lab's images trust the same. */
const caFiles = [
  process.env.LAB_CA_FILE,
  process.env.NODE_EXTRA_CA_CERTS,
  process.env.SSL_CERT_FILE,
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

const settings = {
  // A lab that is up on this machine is left alone: project, network and ports are others.
  COMPOSE_PROJECT_NAME: 'course',
  LAB_SUBNET: '10.99.0.0/16',
  LAB_SERVER_ADDRESS: '10.99.28.182',
  LAB_CLIENT_ADDRESS: '10.99.142.133',
  HTTP_PORT: '18080',
  HTTPS_PORT: '18443',
  ECHO_PORT: '19090',
  ECHO_TLS_PORT: '19443',
  LAB_WORK_DIR: join(import.meta.dirname, 'submission'),
  HTTP_FAULTS: `script:${outcomes}`,
  HTTP_TIMEOUT_SECONDS: '2',
};

/** The first of these files that can be read. */
async function firstReadable(files) {
  for (const file of files) {
    const isReadable =
      file &&
      (await access(file, constants.R_OK).then(
        () => true,
        () => false,
      ));
    if (isReadable) return file;
  }
  throw new Error('no file of CA certificates is here; give one by LAB_CA_FILE');
}

describe('client.py', { timeout: 1_800_000 }, () => {
  let lab;
  let captures;
  let ended;

  before(async () => {
    captures = await mkdtemp(join(tmpdir(), 'course-'));
    // The first start builds the images, which takes minutes.
    lab = await new DockerComposeEnvironment(folder, 'docker-compose.yml')
      .withProjectName(settings.COMPOSE_PROJECT_NAME)
      .withEnvironment({
        ...settings,
        LAB_CAPTURES_DIR: captures,
        LAB_CA_FILE: await firstReadable(caFiles),
      })
      // The ports are those of the servers, whose own health is waited for.
      .withWaitStrategy('server-host-1', Wait.forSuccessfulCommand('true'))
      // Else it wants an image from a registry, to clean up after a suite that is killed.
      .withAutoCleanup(false)
      .up();
    const { LAB_SERVER_ADDRESS: address, HTTP_PORT: port } = settings;
    const count = String(outcomes.length);
    ended = await lab.getContainer('client-1').exec(['python3', 'client.py', address, port, count]);
  });

  after(async () => {
    await lab?.down();
    await rm(captures, { recursive: true, force: true });
  });

  test('survives all that the server does', () => {
    assert.equal(ended.stderr, '');
    assert.equal(ended.exitCode, 0);
  });

  test('prints each outcome as the server decided it', () => {
    assert.deepEqual(ended.stdout.trim().split('\n'), outcomes);
  });

  test('made each request once, from the client host, by the journal of the server', async () => {
    const journal = await readFile(join(captures, 'http.log'), 'utf8');
    const entries = journal
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      entries.map(({ outcome }) => outcome),
      outcomes,
    );
    assert.deepEqual([...new Set(entries.map(({ client_ip }) => client_ip))], [settings.LAB_CLIENT_ADDRESS]);
  });

  test('kept its connection, and opened another after the timeout alone', async () => {
    const journal = await readFile(join(captures, 'http.log'), 'utf8');
    const ports = journal
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).client_port);
    assert.equal(new Set(ports.slice(0, 3)).size, 1);
    assert.equal(new Set(ports.slice(3)).size, 1);
    assert.equal(new Set(ports).size, 2);
  });
});
