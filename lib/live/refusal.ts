/** A request is refused, with an HTTP status and the problems, each in words. */
export class Refusal extends Error {
  readonly code = 'LAB_REFUSAL';
  readonly status: number;
  readonly problems: readonly string[];

  constructor(status: number, ...problems: readonly string[]) {
    super(problems.join('\n'));
    this.status = status;
    this.problems = problems;
  }
}
