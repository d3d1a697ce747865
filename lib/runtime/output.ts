/**
 * Ends the program when what it prints can't be written. A reader that leaves before the end, such as `head`, is no
 * error; a full disk is.
 */
export function endWithOutput(program: NodeJS.Process): void {
  program.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') program.exit(0);
    program.stderr.write(`error: not all of the output is written: ${message}\n`);
    program.exit(1);
  });
}
