/**
 * Ends the program when what it prints can't be written. A reader that leaves before the end, such as `head`, is no
 * error; a full disk is.
 */
export function endWithOutput({ stdout, stderr }: NodeJS.Process): void {
  stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(0);
    stderr.write(`error: not all of the output is written: ${message}\n`);
    process.exit(1);
  });
}
