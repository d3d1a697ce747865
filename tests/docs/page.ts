/** A command of a page, and the output that the page shows. */
export interface Command {
  /** The line of its prompt, from 1. */
  readonly line: number;
  /** On this machine, or in the client host's shell. */
  readonly where: 'machine' | 'client';
  /** What is typed; a command of several lines has line ends. */
  readonly text: string;
  readonly printed: readonly string[];
  /** The first line that is printed, from 1, whether there is one or not. */
  readonly printedFrom: number;
}

/** A block of a page with the language `console`. */
export interface Block {
  /** The line of its fence, from 1. */
  readonly line: number;
  /** How far its lines are indented. */
  readonly indent: string;
  readonly commands: readonly Command[];
  /** Why it is not run; undefined for one that is. */
  readonly mark: string | undefined;
}

const FENCE = /^(\s*)(`{3,})(\w*)\s*$/;
const MARK = /^\s*<!-- not run: (.*?) -->\s*$/;
const PROMPT = /^(\$|student@client-host:[^$]*\$) (.*)$/;
/** What a command that goes on in the next line ends with. */
const GOES_ON = /(?:\\|\||&&)\s*$/;

export function blocksOf(page: string): Block[] {
  const lines = page.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', fence = '', language] = FENCE.exec(lines[at]!) ?? [];
    if (fence === '') continue;
    const first = at + 1;
    at = lines.findIndex((line, index) => index >= first && line.trim() === fence);
    if (at < 0) break;
    if (language !== 'console') continue;
    const mark = MARK.exec(lines.slice(0, first - 1).findLast((line) => line.trim() !== '') ?? '')?.[1];
    const shown = lines.slice(first, at).map((line) => line.slice(indent.length));
    blocks.push({ line: first, indent, commands: commandsOf(shown, first + 1), mark });
  }
  return blocks;
}

function commandsOf(lines: readonly string[], firstLine: number): Command[] {
  const commands: (Command & { printed: string[] })[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, prompt, typed = ''] = PROMPT.exec(lines[at]!) ?? [];
    if (prompt === undefined) {
      commands.at(-1)?.printed.push(lines[at]!);
      continue;
    }
    const line = firstLine + at;
    const words = [typed];
    while (GOES_ON.test(words.at(-1)!) && at + 1 < lines.length) words.push(lines[++at]!);
    const where = prompt === '$' ? 'machine' : 'client';
    commands.push({ line, where, text: words.join('\n'), printed: [], printedFrom: firstLine + at + 1 });
  }
  return commands;
}

/** A command of this machine that may be run: make, tools that every machine has, and a variable that is set. */
const RUN =
  /^(?:[A-Z_]+=\S* )*(?:make\b|(?:ls|cat|cp|head|tail|grep|wc|cut|sort|printf|echo) |docker (?:compose|exec|ps)\b)/;
const SET = /^(?:export )?[A-Za-z_]+=(?:\$\(.*\)|"[^"]*"|'[^']*'|\S*)$/;
/** What would not end, takes minutes, opens a window, or removes what other labs use. */
const NOT_RUN =
  /\bmake (?:.* )?(?:test|test-unit|lint|golden|sheet-test|bench|clean|logs|wireshark)\b|\bLIVE=1/;

/** What is set for the commands that follow it. */
export const isSetting = ({ text }: Command): boolean => SET.test(text);

/** Opens the client host's shell, where the commands that follow are typed. */
export const isShell = ({ where, text }: Command): boolean =>
  where === 'machine' && /^(?:[A-Z_]+=\S* )*make shell\b/.test(text);

/** What is wrong with a block that can neither be run nor is marked; undefined for one in order. */
export function problemOf({ commands, mark }: Block): string | undefined {
  if (mark !== undefined) return mark.trim() === '' ? 'the mark has no reason' : undefined;
  if (commands.length === 0) return 'no line begins with a prompt, "$ " or "student@client-host:~$ "';
  for (const command of commands) {
    const { where, text } = command;
    if (NOT_RUN.test(text)) return `"${text}" can't be run by a test; mark it: <!-- not run: REASON -->`;
    if (where === 'machine' && !RUN.test(text) && !SET.test(text))
      return `"${text}" does not begin with make; mark it: <!-- not run: REASON -->`;
  }
  return undefined;
}

/** Lines of a page that are marks, and not right before a block. Blank lines don't count. */
export function strayMarks(page: string): number[] {
  const lines = page.split('\n');
  return lines.flatMap((line, index) => {
    if (!/<!-- not run\b/.test(line)) return [];
    const next = lines.slice(index + 1).find((one) => one.trim() !== '') ?? '';
    return MARK.test(line) && /^\s*```console\s*$/.test(next) ? [] : [index + 1];
  });
}

/** Lines that a command prints in place of those that a page has. */
export interface Change {
  readonly block: Block;
  readonly command: Command;
  readonly printed: readonly string[];
}

/** The page with other printed lines. */
export function withChanges(page: string, changes: readonly Change[]): string {
  const lines = page.split('\n');
  for (const { block, command, printed } of changes.toSorted((a, b) => b.command.line - a.command.line)) {
    const indented = printed.map((line) => (line === '' ? '' : block.indent + line));
    lines.splice(command.printedFrom - 1, command.printed.length, ...indented);
  }
  return lines.join('\n');
}
