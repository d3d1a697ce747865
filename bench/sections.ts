import { delay } from './delay.ts';
import { echo } from './echo.ts';
import { held } from './held.ts';
import { idle } from './idle.ts';
import { inspect } from './inspect.ts';
import { journal } from './journal.ts';
import { live } from './live.ts';
import { memory } from './memory.ts';
import type { Section } from './section.ts';
import { start } from './start.ts';
import { throughput } from './throughput.ts';
import { tls } from './tls.ts';
import { transfer } from './transfer.ts';
import { wire } from './wire.ts';

/** In the order of measuring. */
export const sections: Readonly<Record<string, Section>> = {
  throughput,
  journal,
  held,
  echo,
  tls,
  transfer,
  inspect,
  idle,
  delay,
  start,
  memory,
  wire,
  live,
};
