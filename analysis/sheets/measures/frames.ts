import type { FrameValues } from '#analysis/capture/read-values.ts';
import type { FrameOf } from '../sheet/result.ts';
import type { Frames, TransferWanted } from '../sheet/schema.ts';
import type { Evidence } from './evidence.ts';
import { flowOf, transferOf } from './flows.ts';
import { picked } from './picked.ts';

/** All frames that a sheet means, with the fields that are asked for. */
export async function framesOf(
  evidence: Evidence,
  frames: Frames,
  fields: readonly string[] = [],
): Promise<FrameValues[]> {
  return (await framesIfAny(evidence, frames, fields)) ?? [];
}

/**
 * The same.
 *
 * @returns undefined when the run lacks what the frames belong to: a transfer, a flow, or frames before or after them
 */
export async function framesIfAny(
  evidence: Evidence,
  frames: Frames,
  fields: readonly string[] = [],
): Promise<FrameValues[] | undefined> {
  const { after, before, same } = frames;
  const belongs = await filterOf(evidence, frames.of);
  const shared = same === undefined ? [] : [same];
  const [from, to] = await Promise.all(
    [after, before].map((one) => (one ? pickedOf(evidence, one, shared) : undefined)),
  );
  if ((after && !from) || (before && !to) || belongs === undefined) return undefined;
  // tshark prints a field once, however often it is asked for.
  const own = fields.filter((field) => !shared.includes(field));
  const all = await inForce(evidence, { ...frames, filter: joined(frames.filter, belongs) }, [
    ...shared,
    ...own,
  ]);
  const isShared = (values: readonly string[]) =>
    [from, to].every((one) => same === undefined || one === undefined || one.values[0] === values[0]);
  return all
    .filter(({ number }) => number > (from?.number ?? 0) && number < (to?.number ?? Number.POSITIVE_INFINITY))
    .filter(({ values }) => isShared(values))
    .map(({ number, values }) => ({
      number,
      values: fields.map((field) => values[[...shared, ...own].indexOf(field)]!),
    }));
}

/** The frame that a sheet picks; undefined when there is none. */
export async function pickedOf(
  evidence: Evidence,
  frames: Frames,
  fields: readonly string[] = [],
): Promise<FrameValues | undefined> {
  return picked(await framesOf(evidence, frames, fields), frames.pick);
}

const ID = /^[0-9a-f]{8}$/;

/** A filter that the frames of a transfer or flow pass, and all if the sheet wants none; undefined when there is none. */
async function filterOf(evidence: Evidence, of: Frames['of']): Promise<string | undefined> {
  if (of === undefined) return '';
  if ('transfer' in of) {
    const id = (await transferOf(evidence, of.transfer))?.transfer;
    // The journal comes from a student.
    return id !== undefined && ID.test(id) ? `wirelab.transfer.id == "${id}"` : undefined;
  }
  const flow = await flowOf(evidence, of.flow);
  return flow && `tcp.port == ${Number(flow.client.slice(flow.client.lastIndexOf(':') + 1))}`;
}

/** The end of a transfer: the ACK of its CLOSE says how many bytes arrived. */
const END = 'wirelab.transfer.kind == "ACK" && wirelab.transfer.length > 0';

/** The frames in the capture of the server that confirm the end of a transfer. */
export async function endOf(evidence: Evidence, transfer: TransferWanted): Promise<FrameOf[]> {
  const frames: Frames = { capture: 'server', filter: END, of: { transfer }, pick: 'last' };
  return (await framesOf(evidence, frames)).map(({ number }) => ({ capture: 'server', number }));
}

function joined(filter: string, other: string): string {
  return other === '' ? filter : `(${filter}) && ${other}`;
}

const TIME = 'frame.time_epoch';

/** Those that were captured while the wire had the conditions that the sheet wants. */
async function inForce(
  evidence: Evidence,
  { wire, ...frames }: Frames,
  fields: readonly string[],
): Promise<FrameValues[]> {
  if (wire === undefined) return evidence.frames(frames, fields);
  const conditions = await evidence.conditions();
  const asked = [...new Set([TIME, ...fields])];
  const all = await evidence.frames(frames, asked);
  return all
    .filter(({ values }) => conditions.had(wire, Number(values[0])))
    .map(({ number, values }) => ({ number, values: fields.map((field) => values[asked.indexOf(field)]!) }));
}
