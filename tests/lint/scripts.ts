import { basename } from 'node:path';
import type { Finding, Sources } from './finding.ts';
import type { Remark, ShellCheck } from './shellcheck.ts';

/** A name that only another script uses, or gives a value. */
const UNUSED = 2034;
const UNASSIGNED = 2154;
/** That what a script sources was not read with it: each script is checked alone, which is twenty times faster. */
const NOT_FOLLOWED = 1091;

/** Yields what ShellCheck finds in each script. */
export async function* findInScripts(
  scripts: Sources,
  check: ShellCheck,
  off: readonly number[],
): AsyncGenerator<Finding> {
  const exclude = [NOT_FOLLOWED, ...off];
  for (const [file, text] of scripts) {
    const shell = text.startsWith('#!') ? {} : { shell: grammarOf(file) };
    const remarks = await check({ text, exclude, ...shell });
    for (const remark of remarks) {
      if (isAboutTheProject(remark, file, scripts)) continue;
      yield { file, line: remark.line, message: remark.message, rule: `SC${remark.code}` };
    }
  }
}

/** The codes in lines `disable=SC2016` of .shellcheckrc, which no other kind of line may be in. */
export function checksThatAreOff(settings: string): number[] {
  const lines = settings.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const code = /^disable=SC(\d+)$/.exec(line)?.[1];
    if (!code) throw new Error(`.shellcheckrc: "${line}"; allowed: disable=SC1234`);
    return Number(code);
  });
}

/** What has no first line that names its shell is sourced: by scripts of sh, or by an interactive bash. */
function grammarOf(file: string): 'sh' | 'bash' {
  return basename(file).includes('bash') ? 'bash' : 'sh';
}

/**
 * Scripts share names with those that they source, which ShellCheck does not see. So a name that is not used in a
 * script counts as used when another one has it, and likewise a value.
 */
function isAboutTheProject({ code, message }: Remark, file: string, scripts: Sources): boolean {
  if (code !== UNUSED && code !== UNASSIGNED) return false;
  const name = /^\w+/.exec(message)?.[0];
  const used = new RegExp(code === UNUSED ? `\\b${name}\\b` : `\\b${name}=|\\bread\\b.*\\b${name}\\b`);
  return [...scripts].some(([other, text]) => other !== file && used.test(text));
}
