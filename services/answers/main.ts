import { chmod } from 'node:fs/promises';
import * as v from 'valibot';
import { keepAnswer } from '#analysis/sheets/sheet/keep-answer.ts';
import { SheetError } from '#analysis/sheets/sheet/sheet-error.ts';
import { openControl } from '#lib/control/control.ts';
import { FaultChangeError } from '#lib/faults/faults.ts';
import { createLog } from '#lib/runtime/log.ts';
import { runProgram } from '#lib/runtime/program.ts';
import { configSchema } from './config.ts';

// Keeps the answers that a page of the live view gives, as make answer does. The live view itself can't write captures.

/** Owner and group. The server of the live view is in the group of the folder. */
const MODE = 0o660;
const answerSchema = v.strictObject({ question: v.string(), answer: v.string() });
const log = createLog();

await runProgram(process, configSchema, log, async (config, opened) => {
  const folders = { folder: config.ANSWERS_CAPTURES, sheets: config.ANSWERS_SHEETS };
  const control = await openControl(config.CONTROL_SOCKET, {
    calls: {
      'POST /answers': async (body) => {
        const given = v.parse(answerSchema, JSON.parse(body));
        return keepAnswer({ ...folders, ...given, now: () => new Date() }).catch(refuse);
      },
    },
  });
  opened.defer(() => void control.close());
  await chmod(config.CONTROL_SOCKET, MODE);
  log.info(`Answers for the live view by ${config.CONTROL_SOCKET}`);
});

function refuse(error: unknown): never {
  throw error instanceof SheetError ? new FaultChangeError(error.message.split('\n')) : error;
}
