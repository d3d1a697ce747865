import { execFileSync } from 'node:child_process';

/**
 * Writes a script that can be run at once. A separate process writes it. Otherwise, while this process has the file
 * open, a program that another thread starts has it open for a moment too. Linux does not run such a file (ETXTBSY).
 */
export function writeProgram(path: string, script: string): void {
  execFileSync('sh', ['-c', 'cat >"$1" && chmod 755 "$1"', 'sh', path], { input: script });
}
