import * as v from 'valibot';
import { ToolError } from '#analysis/capture/tool.ts';
import { SheetError } from '#analysis/sheets/sheet/sheet-error.ts';
import { FaultChangeError } from '#lib/faults/faults.ts';
import { Refusal } from '#lib/live/refusal.ts';
import { BusyError } from './wireshark/pool.ts';
import { SharkdFailure } from './wireshark/sharkd.ts';

/** The refusal that an error stands for; undefined when the server itself has failed. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof FaultChangeError) return new Refusal(400, ...error.problems);
  if (error instanceof SheetError) return new Refusal(400, ...error.message.split('\n'));
  if (error instanceof ToolError) return new Refusal(503, error.message);
  if (error instanceof v.ValiError) return new Refusal(400, ...error.issues.map(problemOf));
  if (error instanceof BusyError || error instanceof SharkdFailure) return new Refusal(503, error.message);
  return ofExpress(error as Partial<ErrorOfExpress>);
}

/** An error of Express about a request has the status of the answer. */
interface ErrorOfExpress {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  /** Bytes of a body that is too long, if the request says so, and how many are allowed. */
  readonly length: number;
  readonly limit: number;
}

function ofExpress({ status, message, type, length, limit }: Partial<ErrorOfExpress>): Refusal | undefined {
  if (status === undefined || status >= 500) return undefined;
  if (type === 'entity.too.large')
    return new Refusal(status, `the body has ${length ?? 'too many'} bytes; allowed: up to ${limit}`);
  if (type === 'entity.parse.failed') return new Refusal(status, `the body is no JSON: ${message}`);
  return new Refusal(status, String(message));
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}
