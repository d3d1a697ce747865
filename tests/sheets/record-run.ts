import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labSeedOf } from '../../analysis/sheets/sheet/assignment.ts';
import { Lab } from '../lab.ts';
import { assignmentFor, type Recorded, settings } from './students.ts';

/** The decisions that a class needs: each question has an answer by them. */
const WANTED = {
  http: ['403', '200', '500', '403'],
  echo: ['corruption', 'none', 'duplicate', 'none'],
} as const;

/** Does the small sheet of the tests in a lab, and returns the run. */
export async function recordRun(): Promise<Recorded> {
  const seed = labSeedOf(assignmentFor('recorded', WANTED));
  const lab = await Lab.start({ ...settings, LAB_SEED: seed }, 'plain');
  try {
    await lab.balance('--requests', '4', '--interval', '0.1');
    for (const message of ['Hey', 'Hey']) await lab.echo('--message', message, '--protocol', 'tcp');
    const { ECHO_TLS_PORT: port = '' } = lab.settings;
    await lab.exec(
      'client',
      'client',
      'echo',
      lab.server,
      port,
      '--tls',
      '--message',
      'secret',
      '--protocol',
      'tcp',
    );
    const [frame] = await lab.frames('client', 'http.response.code == 403', 'frame.number');
    await lab.captured('server');
    const files = await filesIn(lab.settings.LAB_CAPTURES_DIR!);
    files.set('.frame', Buffer.from(frame![0]!));
    const [http, echo] = [await lab.journal('http'), await lab.journal('echo')];
    return {
      files,
      decisions: { http: http.map(({ outcome }) => outcome), echo: echo.map(({ fault }) => fault) },
      ...{ client: lab.settings.LAB_CLIENT_ADDRESS!, server: lab.server },
    };
  } finally {
    await lab.end();
  }
}

const NAMES = ['server.pcap', 'client.pcap', 'http.log', 'echo.log', 'lab.log'];

async function filesIn(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).filter((name) => NAMES.includes(name));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}
