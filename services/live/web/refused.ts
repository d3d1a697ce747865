import * as v from 'valibot';
import { FaultChangeError } from '#lib/faults/faults.ts';
import { Refusal } from '#lib/live/refusal.ts';
import { BusyError } from './wireshark/pool.ts';
import { SharkdFailure } from './wireshark/sharkd.ts';

/** The refusal that an error stands for; undefined when the server itself has failed. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof FaultChangeError) return new Refusal(400, ...error.problems);
  if (error instanceof v.ValiError) return new Refusal(400, ...error.issues.map(problemOf));
  if (error instanceof BusyError || error instanceof SharkdFailure) return new Refusal(503, error.message);
  // The errors of Express have the status of their answer: a body that is no JSON, or that is too long.
  const { status, message } = error as { status?: number; message?: string };
  return status !== undefined && status < 500 ? new Refusal(status, String(message)) : undefined;
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}
