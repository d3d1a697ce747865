/** A request that is refused, with the status of its answer and every problem. */
export class Refusal extends Error {
  readonly code = 'LAB_LIVE_REFUSAL';
  readonly status: number;
  readonly problems: readonly string[];

  constructor(status: number, ...problems: readonly string[]) {
    super(problems.join('\n'));
    this.status = status;
    this.problems = problems;
  }
}
