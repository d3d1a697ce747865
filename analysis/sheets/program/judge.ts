import type { FrameRef } from '#analysis/capture/frames.ts';
import { judgeOne } from './judgements/all.ts';
import type { Judged } from './judgements/judgement.ts';
import type { JudgedStage } from './schema.ts';
import { type Line, linesOf } from './seen/lines.ts';
import type { StageSeen } from './seen/stage-seen.ts';

/** A judgement of a stage with its kind. */
export interface Verdict extends Judged {
  readonly kind: string;
}

/** What a stage is worth, and why. */
export interface StageResult {
  readonly stage: JudgedStage;
  readonly state: 'passed' | 'failed' | 'not-run';
  readonly scored: number;
  readonly verdicts: readonly Verdict[];
  /** What happened, packet by packet. */
  readonly lines: readonly Line[];
  /** A display filter with the packets of the stage. */
  readonly filter: string;
  readonly seen: StageSeen | undefined;
}

/** The points of a stage count whole or not at all. */
export function judgeStage(stage: JudgedStage, seen: StageSeen | undefined): StageResult {
  if (!seen) return { stage, state: 'not-run', scored: 0, verdicts: [], lines: [], filter: '', seen };
  const verdicts = stage.judgements.map((asked) => ({ kind: asked.kind, ...judgeOne(asked, seen) }));
  const passed = verdicts.every(({ holds }) => holds);
  return {
    stage,
    state: passed ? 'passed' : 'failed',
    scored: passed ? stage.points : 0,
    verdicts,
    lines: linesOf(seen),
    filter: filterOf(seen),
    seen,
  };
}

/** The frames of the verdicts that do not hold, each once and in order. A verdict has more frames than a person reads. */
export function evidenceOf({ verdicts }: Pick<StageResult, 'verdicts'>): FrameRef[] {
  const frames = verdicts.filter(({ holds }) => !holds).flatMap((verdict) => verdict.frames.slice(0, FRAMES));
  const byNumber = new Map(frames.map((frame) => [frame.number, frame]));
  return [...byNumber.values()].sort((one, other) => one.number - other.number);
}

/** At most this many frames of a verdict are evidence. */
const FRAMES = 8;
/** At most this many ports are in a filter. */
const PORTS = 8;

function filterOf({ talks, attempts, datagrams, stage }: StageSeen): string {
  const clients = new Set([...talks, ...attempts, ...datagrams].map(({ client }) => client));
  const ports = [...clients].slice(0, PORTS).map((client) => client.slice(client.lastIndexOf(':') + 1));
  const transport = stage.partner.endsWith('udp') ? 'udp' : 'tcp';
  if (ports.length === 0) return '';
  return ports.length === 1
    ? `${transport}.port == ${ports[0]}`
    : `${transport}.port in {${ports.join(', ')}}`;
}
