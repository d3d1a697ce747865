import { DockerfileParser } from 'dockerfile-ast';
import { ValidationCode, validate } from 'dockerfile-utils';
import type { Finding, Sources } from './finding.ts';
import type { ShellCheck } from './shellcheck.ts';

/** Yields what is wrong in each Dockerfile: its own rules, and those of ShellCheck for what RUN has the shell do. */
export async function* findInDockerfiles(
  dockerfiles: Sources,
  check: ShellCheck,
  off: readonly number[],
): AsyncGenerator<Finding> {
  for (const [file, text] of dockerfiles) {
    for (const { range, message, code } of validate(text)) {
      yield {
        file,
        line: range.start.line + 1,
        message: typeof message === 'string' ? message : message.value,
        rule: ruleOf(code),
      };
    }
    for (const { line, commands } of commandsIn(text)) {
      for (const remark of await check({ text: commands, shell: 'sh', exclude: off })) {
        yield { file, line: line + remark.line, message: remark.message, rule: `SC${remark.code}` };
      }
    }
  }
}

function ruleOf(code: unknown): string {
  return ValidationCode[Number(code)] ?? String(code);
}

/** What each RUN hands to the shell, and the line that it begins on, from 0. One in JSON starts a program. */
function commandsIn(text: string): { line: number; commands: string }[] {
  return DockerfileParser.parse(text)
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === 'RUN')
    .flatMap((instruction) => instruction.getArgumentsRange() ?? [])
    .map((range) => ({ line: range.start.line, commands: textOf(range, text) }))
    .filter(({ commands }) => !commands.startsWith('['));
}

type Place = { line: number; character: number };

function textOf({ start, end }: { start: Place; end: Place }, text: string): string {
  const lines = text.split('\n').slice(start.line, end.line + 1);
  const last = (lines.pop() ?? '').slice(0, end.character);
  return [...lines, last].join('\n').slice(start.character);
}
