import { execFileSync } from 'node:child_process';

/**
 * Writes a script that can be run at once. A process of its own writes it: while one of this process has a file open to
 * write, a program that another thread starts has it open for a moment too, and Linux runs no such file (ETXTBSY).
 */
export function writeProgram(path: string, script: string): void {
  execFileSync('sh', ['-c', 'cat >"$1" && chmod 755 "$1"', 'sh', path], { input: script });
}
