import type { Refused } from '../contract.ts';

/** The server refuses what was asked, or can't be reached. Each problem is a sentence. */
export class RefusedError extends Error {
  readonly code = 'LIVE_REFUSED';
  readonly problems: readonly string[];
  /** That of the answer; undefined without one. */
  readonly status: number | undefined;

  constructor(
    problems: readonly string[],
    { status, cause }: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(problems.join('\n'), { cause });
    this.problems = problems;
    this.status = status;
  }
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Asks the server of the page. */
export class Ask {
  readonly #unreachable: string;

  /** @param unreachable the sentence for a server that does not answer */
  constructor(unreachable: string) {
    this.#unreachable = unreachable;
  }

  /** @throws RefusedError; an AbortError when `signal` ends it */
  async get<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
    const { method = 'GET', body, signal } = asking;
    const response = await fetch(path, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new RefusedError([this.#unreachable], { cause: error });
    });
    const text = await response.text();
    if (!response.ok) throw refusedWith(text, response.status);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }
}

/** Why the server refuses to give something; undefined when it gives it, or when it can't be reached. */
export async function refusalOf(path: string, signal: AbortSignal): Promise<RefusedError | undefined> {
  const enough = new AbortController();
  try {
    const response = await fetch(path, { signal: AbortSignal.any([signal, enough.signal]) });
    return response.ok ? undefined : refusedWith(await response.text(), response.status);
  } catch {
    return undefined;
  } finally {
    enough.abort();
  }
}

function refusedWith(text: string, status: number): RefusedError {
  return new RefusedError(problemsOf(text, status), { status });
}

function problemsOf(text: string, status: number): readonly string[] {
  try {
    const { problems } = JSON.parse(text) as Partial<Refused>;
    if (Array.isArray(problems) && problems.length > 0) return problems.map(String);
  } catch {
    // Not an answer of the page's own server.
  }
  return [`${status} ${text.slice(0, 200)}`.trim()];
}

/** The problems of any error, as sentences. */
export function sentencesOf(error: unknown): readonly string[] {
  return error instanceof RefusedError ? error.problems : [String(error)];
}
