import { existsSync } from 'node:fs';
import { run } from './programs.ts';

/** Whether python3 is there. On Debian, root gets it installed. */
export async function hasPython(signal: AbortSignal): Promise<boolean> {
  const found = () =>
    run('python3', ['--version'], { signal }).then(
      () => true,
      () => false,
    );
  if (await found()) return true;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  console.log('  installing python3');
  await run('apt-get', ['update'], { signal });
  await run('apt-get', ['install', '--yes', '--no-install-recommends', 'python3'], { signal });
  return found();
}
