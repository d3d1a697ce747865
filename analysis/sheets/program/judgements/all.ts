import * as v from 'valibot';
import type { StageSeen } from '../seen/stage-seen.ts';
import { answers } from './answers.ts';
import { attempts } from './attempts.ts';
import { copies } from './copies.ts';
import { delivers } from './delivers.ts';
import { deliversFile } from './delivers-file.ts';
import { ends } from './ends.ts';
import { givesUp } from './gives-up.ts';
import type { Judged } from './judgement.ts';
import { reconnects } from './reconnects.ts';
import { refusesChecksum } from './refuses-checksum.ts';
import { retransmissions } from './retransmissions.ts';
import { waits } from './waits.ts';
import { window } from './window.ts';

/** Every kind of judgement. */
export const judgements = [
  ...[attempts, waits, delivers, refusesChecksum, reconnects, givesUp, ends],
  ...[copies, deliversFile, window, retransmissions, answers],
] as const;

/** One judgement of a stage, as in `program.json`: its kind and its limits. */
export const judgementSchema = v.variant(
  'kind',
  judgements.map(({ kind, limits }) => v.strictObject({ kind: v.literal(kind), ...limits.entries })),
);

export interface AskedJudgement {
  readonly kind: string;
}

/** @throws TypeError for a kind that no sheet can have */
export function judgeOne({ kind, ...limits }: AskedJudgement, seen: StageSeen): Judged {
  const found = judgements.find((one) => one.kind === kind);
  if (!found) throw new TypeError(`there is no judgement ${kind}`);
  return (found.judge as (limits: object, seen: StageSeen) => Judged)(limits, seen);
}
