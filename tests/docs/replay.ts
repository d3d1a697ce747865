import { align, differenceOf, rewritten, type Step } from './compare.ts';
import { transfersIn } from './masks.ts';
import { type Block, type Change, type Command, isSetting, isShell, problemOf } from './page.ts';

/** How a command ended. */
export interface Printed {
  readonly lines: readonly string[];
  readonly code: number;
}

/** What runs commands. */
export interface Runner {
  /** Ends the run before, and begins one unless the page does so. */
  freshRun(how: { up: boolean }): Promise<void>;
  /** Runs a command of this machine, after what was set on it. */
  machine(command: Command, set: readonly string[]): Promise<Printed>;
  /** Opens a shell in the client host by the first of them, and types the others. Of each what it prints. */
  shell(commands: readonly Command[]): Promise<Printed[]>;
}

/** A command that printed something else than its page has. */
export interface Deviation extends Change {
  /** A line each, with - or + before it. */
  readonly difference: string;
}

/** The first command of a page that begins with the lab as it is, not with one of its own. */
const BEGINS_ITSELF = /\bmake (?:up|down|doctor|demo)\b/;

/** Runs the blocks of a page in order, in a fresh run of the lab. Returns what differs. */
export async function replay(lab: Runner, blocks: readonly Block[]): Promise<Deviation[]> {
  const runnable = runnableOf(blocks);
  const first = runnable.flatMap(({ commands }) => commands).find((command) => !isSetting(command));
  if (!first) return [];
  await lab.freshRun({ up: !BEGINS_ITSELF.test(first.text) });
  return replayIn(lab, runnable);
}

/** Those without a mark. */
function runnableOf(blocks: readonly Block[]): Block[] {
  const runnable = blocks.filter((block) => block.mark === undefined);
  const bad = runnable.flatMap((block) => problemOf(block) ?? []);
  if (bad.length > 0) throw new Error(bad.join('\n'));
  return runnable;
}

/** Runs the blocks of a page in order, in the present run of the lab. Returns what differs. */
export async function replayIn(
  lab: Omit<Runner, 'freshRun'>,
  blocks: readonly Block[],
): Promise<Deviation[]> {
  /** What was set on this machine, for each command that follows. */
  const set: string[] = [];
  const deviations: Deviation[] = [];
  /** The ids of transfers in the page, and those that are in their place now. */
  const ids = new Map<string, string>();
  for (const block of runnableOf(blocks)) {
    for (const group of groupsOf(block.commands.map((command) => withIds(command, ids)))) {
      const printed = isShell(group[0]!) ? await lab.shell(group) : [await lab.machine(group[0]!, set)];
      if (isSetting(group[0]!)) set.push(group[0]!.text);
      for (const [at, command] of group.entries()) {
        learn(align(command.printed, printed[at]!.lines), ids);
        const deviation = judge(block, command, printed[at]!, ids);
        if (deviation) deviations.push(deviation);
      }
    }
  }
  return deviations;
}

/** A command of this machine alone, or a shell with what is typed in it. */
function groupsOf(commands: readonly Command[]): Command[][] {
  const groups: Command[][] = [];
  for (const command of commands) {
    const last = groups.at(-1);
    if (command.where === 'client' && last && isShell(last[0]!)) last.push(command);
    else if (command.where === 'client') groups.push([SHELL, command]);
    else groups.push([command]);
  }
  return groups;
}

/** In place of the one that a block does not show, as an earlier block has it. */
const SHELL: Command = { line: 0, where: 'machine', text: 'make shell', printed: [], printedFrom: 0 };

/** A page that shows nothing of what a command prints says nothing about it, but that it works. */
function judge(
  block: Block,
  command: Command,
  { lines, code }: Printed,
  ids: ReadonlyMap<string, string>,
): Deviation | undefined {
  const shows = command.printed.some((line) => line.trim() !== '' && line.trim() !== '…');
  if (!shows) {
    if (code === 0) return undefined;
    const difference = `it ended with exit code ${code}, and printed\n${lines.join('\n')}`;
    return { block, command, difference, printed: command.printed };
  }
  const steps = align(command.printed, withPageIds(lines, ids));
  const difference = differenceOf(steps);
  return difference ? { block, command, difference, printed: rewritten(steps) } : undefined;
}

/** Keeps the id of each transfer beside that which the page has for it. */
function learn(steps: readonly Step[], ids: Map<string, string>): void {
  for (const step of steps) {
    if (step.kind !== 'same' && step.kind !== 'other') continue;
    const now = transfersIn(step.printed);
    for (const [at, id] of transfersIn(step.page).entries()) if (now[at]) ids.set(id, now[at]);
  }
}

function withIds(command: Command, ids: ReadonlyMap<string, string>): Command {
  const text = command.text.replaceAll(/\b[0-9a-f]{8}\b/g, (id) => ids.get(id) ?? id);
  return { ...command, text };
}

/** So that a page that is written anew has the ids that its commands have. */
function withPageIds(lines: readonly string[], ids: ReadonlyMap<string, string>): string[] {
  const pages = new Map(Array.from(ids, ([page, now]) => [now, page]));
  return lines.map((line) => line.replaceAll(/\b[0-9a-f]{8}\b/g, (id) => pages.get(id) ?? id));
}
