import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

// Preloaded into a server: counts its synchronous writes, which are those of its journal. At the end it writes their
// number to the file BENCH_WRITES.

const STDERR = 2;
const { writeSync } = fs;
let writes = 0;

fs.writeSync = ((...args: Parameters<typeof writeSync>) => {
  if (args[0] > STDERR) writes += 1;
  return writeSync(...args);
}) as typeof writeSync;
syncBuiltinESMExports();

process.on('exit', () => fs.writeFileSync(process.env.BENCH_WRITES!, String(writes)));
