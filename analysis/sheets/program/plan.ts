import type { SecondsRange } from '#lib/runtime/config.ts';
import { SheetError } from '../sheet/sheet-error.ts';
import type { ProgramSheet } from './schema.ts';
import { drawnFor, faultSeed } from './sheet/drawn.ts';
import { type PlaceNames, withValues } from './sheet/places.ts';
import type { Stage } from './sheet/stage.ts';

/** What the running lab was started with, as far as a check depends on it. */
export interface LabSettings {
  readonly delays: SecondsRange;
  readonly loss: string;
  readonly mode: string;
  readonly token: string;
}

/** A step of setup/check-program.sh: who does it, and with what. */
export type Step = readonly [by: 'stage' | 'http' | 'echo' | 'run' | 'serve' | 'ask', ...words: string[]];

/**
 * What setup/check-program.sh must do for these stages.
 *
 * @throws SheetError with all settings of the lab that a check can't use
 */
export function planOf(
  stages: readonly Stage[],
  { seed, lab, places }: { readonly seed: string; readonly lab: LabSettings; readonly places: PlaceNames },
): Step[] {
  mustFit(lab);
  return stages.flatMap((stage) => stepsOf(stage, { seed, lab, places }));
}

function stepsOf(stage: Stage, { seed, lab, places }: Parameters<typeof planOf>[1]): Step[] {
  const { partner, faults, id, clients, beside = 'alone' } = stage;
  const seeded = ['--seed', faultSeed(stage, seed, lab.delays)];
  if (partner === 'http')
    return [
      ['stage', id],
      ['http', '--profile', faults, ...seeded],
      ['run', id],
    ];
  if (partner === 'echo-tcp')
    return [
      ['stage', id],
      ['echo', '--tcp', faults, ...seeded],
      ['run', id],
    ];
  if (partner === 'echo-udp')
    return [
      ['stage', id],
      ['echo', '--udp', faults, ...seeded],
      ['run', id],
    ];
  const protocol = partner === 'own-tcp' ? 'tcp' : 'udp';
  const values = { drawn: drawnFor(stage, seed), places };
  const asks = clients.map(
    (options): Step => ['ask', id, protocol, places.ownPort, beside, ...withValues(options, stage, values)],
  );
  return [['stage', id], ['serve', id, protocol, places.ownPort], ...asks, ['stage', '']];
}

function mustFit({ loss, mode, token }: LabSettings): void {
  const problems = [
    loss === 'notice' ? [] : `ECHO_LOSS is "${loss}"; allowed with make check PROGRAM=: notice`,
    mode === 'echo' ? [] : `ECHO_MODE is "${mode}"; allowed with make check PROGRAM=: echo`,
    token === '' ? [] : 'LAB_TOKEN has a value that is not shown; allowed with make check PROGRAM=: none',
  ].flat();
  if (problems.length > 0) throw new SheetError(problems.join('\n'));
}

/** The stages to run: all, or those with these ids, with commas between them. @throws SheetError when there is none with one */
export function chosenStages({ stages }: ProgramSheet, asked: string | undefined): readonly Stage[] {
  if (asked === undefined) return stages;
  const ids = asked.split(',').map((id) => id.trim());
  const id = ids.find((one) => !stages.some((stage) => stage.id === one));
  if (id === undefined) return stages.filter((stage) => ids.includes(stage.id));
  throw new SheetError(`STAGE is "${id}"; allowed: ${stages.map((stage) => stage.id).join(', ')}`);
}
