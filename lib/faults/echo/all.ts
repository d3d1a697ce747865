// Made by npm run generate from the files beside it.
import { corruption } from './corruption.ts';
import { delay } from './delay.ts';
import { drip } from './drip.ts';
import { duplicate } from './duplicate.ts';
import { loss } from './loss.ts';
import { reorder } from './reorder.ts';
import { reset } from './reset.ts';
import { truncate } from './truncate.ts';

/** All faults, in the order in which a draw is laid over them. */
export const faults = [loss, delay, corruption, duplicate, reorder, truncate, reset, drip] as const;
