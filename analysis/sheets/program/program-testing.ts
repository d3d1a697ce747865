import type { FrameRef } from '#analysis/capture/frames.ts';
import type { MatchUnder } from '#analysis/join/matching.ts';
import { programSheetIn } from './read-program.ts';
import type { JudgedStage } from './schema.ts';
import type { Attempt, StageSeen } from './seen/stage-seen.ts';
import { drawnFor } from './sheet/drawn.ts';

export const SEED = 'alice';
export const CLIENT = '10.0.142.133:40000';

/** A stage with these parts, as a sheet has it. */
export function stageOf(parts: object): JudgedStage {
  const stage = {
    ...{
      id: 'one',
      title: 'One',
      points: 10,
      partner: 'echo-tcp',
      arguments: [],
      seconds: 10,
      hint: 'None.',
    },
    judgements: [{ kind: 'ends' }],
    ...parts,
  };
  return programSheetIn(JSON.stringify({ title: 'T', prints: ['received: '], stages: [stage] }), 'test')
    .stages[0]!;
}

export function frameOf(number: number, time = number): FrameRef {
  return { number, time };
}

/** A decision of the server with the frame of its answer; without one, none arrived. */
export function matchOf(fault: string, answer?: FrameRef): MatchUnder {
  const entry = { timestamp: '2026-01-01T00:00:00Z', id: 1, fault, protocol: 'tcp', length: 3 } as const;
  const frames = { request: [], response: answer ? [answer] : [] };
  return {
    kind: 'match',
    entry,
    reason: 'response-sent',
    shows: answer?.number,
    active: undefined,
    ...frames,
  };
}

/** What was seen of a stage, with these parts. */
export function seenOf(stage: JudgedStage, parts: Partial<StageSeen> = {}): StageSeen {
  const ran = { stage: stage.id, began: 0, ended: 5, code: 0, stdout: '', stderr: '' };
  const nothing = {
    talks: [],
    attempts: [],
    said: [],
    datagrams: [],
    transfers: [],
    decided: [],
    strays: [],
    clients: [],
  };
  return { stage, drawn: drawnFor(stage, SEED), ran, printed: [], ...nothing, ...parts };
}

/** Attempts of the message of a stage, at these frames. */
export function attemptsAt(
  stage: JudgedStage,
  ...tries: readonly (readonly [FrameRef, MatchUnder?])[]
): Attempt[] {
  const text = drawnFor(stage, SEED).messages[0]!;
  return tries.map(([frame, match]) => ({ frame, text, isRight: true, client: CLIENT, match }));
}
