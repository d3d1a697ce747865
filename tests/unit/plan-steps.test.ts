import { expect, test } from '@jest/globals';
import { inSetup } from './setup-shell.ts';

/** What a script does with this plan and this standard input. A step `read` reads a line, and `fail` fails. */
function taken(plan: string, input = '') {
  const code = `taken=0
    take() {
      taken=$((taken + 1))
      printf '[%s]' "$@"
      case "$1" in
        read) read -r line && printf '(%s)' "$line" ;;
        fail) return 3 ;;
      esac
    }
    take_steps "$PLAN" <<END
${input}
END
    printf ' %s' "$taken" "\${IFS-unset}" *`;
  return inSetup(code, { PLAN: plan });
}

test('each line of a plan is a step, with the words between its tabs as they are', () => {
  const { status, stdout } = taken('say\t* of a lab\tb\nend');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^\[say\]\[\* of a lab\]\[b\]\[end\] 2 unset CHANGELOG/),
  });
});

test('a step reads the standard input of the script, and not the plan', () => {
  expect(taken('read\nend', 'Hey').stdout).toMatch(/^\[read\]\(Hey\)\[end\] 2 /);
});

test('a step that fails ends the script', () => {
  expect(taken('fail\nend')).toMatchObject({ status: 3, stdout: '[fail]' });
});
