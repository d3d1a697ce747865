// Made by npm run generate from the files beside it.
import { corruption } from './corruption.ts';
import { delay } from './delay.ts';
import { duplicate } from './duplicate.ts';
import { loss } from './loss.ts';
import { mtu } from './mtu.ts';
import { reorder } from './reorder.ts';
import { tamper } from './tamper.ts';

/** All faults, in the order in which a draw is laid over them. */
export const faults = [mtu, loss, duplicate, reorder, corruption, tamper, delay] as const;
