/**
 * Ends the program when its output can't be written. A full disk is an error. A reader that ends early, such as `head`,
 * is none.
 */
export function endWithOutput(program: NodeJS.Process): void {
  program.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') program.exit(0);
    program.stderr.write(`error: the output is incomplete: ${message}\n`);
    program.exit(1);
  });
}
