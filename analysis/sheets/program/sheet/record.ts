import * as v from 'valibot';
import { SheetError } from '../../sheet/sheet-error.ts';

/*
 * What setup/check-program.sh writes about each stage, one JSON object a line: how the program ran, and for a server of
 * her own what our clients got from it.
 */

/** Why a program was ended by force. */
export const forces = ['time', 'output', 'asked'] as const;

const recordSchema = v.object({
  stage: v.string(),
  began: v.number(),
  ended: v.number(),
  code: v.optional(v.number()),
  forced: v.optional(v.picklist(forces)),
  stdout: v.string(),
  stderr: v.string(),
});

/** One message of `client echo --json`; it has more fields. */
const clientSchema = v.object({ body: v.string(), answered: v.boolean() });

export type StageRecord = v.InferOutput<typeof recordSchema>;
export type ClientResult = v.InferOutput<typeof clientSchema>;

export interface Records {
  readonly stages: readonly StageRecord[];
  /** By the id of the stage. */
  readonly clients: ReadonlyMap<string, readonly ClientResult[]>;
}

/**
 * Reads the records. A line that begins with `stage` names the stage of the lines of our clients after it.
 *
 * @throws SheetError when a line is no record
 */
export function recordsIn(text: string): Records {
  const stages: StageRecord[] = [];
  const clients = new Map<string, ClientResult[]>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const record = v.safeParse(recordSchema, parsed(line));
    if (record.success) {
      stages.push(record.output);
      continue;
    }
    const { success, output } = v.safeParse(ofClientSchema, parsed(line));
    if (!success) throw new SheetError(`a record of a stage can't be read: ${line.slice(0, 200)}`);
    const known = clients.get(output.stage) ?? [];
    const result = v.safeParse(clientSchema, output.client);
    if (result.success) clients.set(output.stage, [...known, result.output]);
  }
  return { stages, clients };
}

const ofClientSchema = v.object({ stage: v.string(), client: v.unknown() });

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
