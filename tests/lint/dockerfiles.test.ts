import { expect, test } from '@jest/globals';
import { findInDockerfiles } from './dockerfiles.ts';
import { openShellCheck } from './shellcheck.ts';

const check = await openShellCheck();

async function found(text: string, off: readonly number[] = []): Promise<string[]> {
  const findings = await Array.fromAsync(findInDockerfiles(new Map([['Dockerfile', text]]), check, off));
  return findings.map(({ line, rule }) => `${line} ${rule}`);
}

test('one that is in order has no finding', async () => {
  expect(
    await found('FROM scratch\nWORKDIR /lab\nRUN ["echo", "$x"]\nRUN echo "$HOME"\nCMD ["sh"]\n'),
  ).toEqual([]);
});

test.each([
  ['run true', '2 CASING_INSTRUCTION'],
  ['FOO bar', '2 UNKNOWN_INSTRUCTION'],
  ['WORKDIR lab', '2 WORKDIR_IS_NOT_ABSOLUTE'],
  ['CMD ["a"]\nCMD ["b"]', '2 MULTIPLE_INSTRUCTIONS'],
])('%j is found', async (instructions, finding) => {
  expect(await found(`FROM scratch\n${instructions}\n`)).toContain(finding);
});

test('what RUN has the shell do is checked as a script is, on the line where it stands', async () => {
  const run = 'RUN --mount=type=secret,id=ca \\\n    echo "$1" && \\\n    rm $1\n';
  expect(await found(`FROM scratch\n${run}`)).toEqual(['4 SC2086']);
  expect(await found(`FROM scratch\n${run}`, [2086])).toEqual([]);
});
