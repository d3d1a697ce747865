import type { Outcome } from '#lib/faults/outcomes.ts';

export { type Outcome, outcomes } from '#lib/faults/outcomes.ts';

/** The defaults of the reference server. */
export const DEFAULT_PROFILE = 'timeout=0.2,403=0.2,500=0.1';

/** A response on the wire; or `hold`: let the client wait, then close the connection without a byte. */
export type Answer =
  | { readonly kind: 'respond'; readonly status: number; readonly type?: string; readonly body: string }
  | { readonly kind: 'hold' };

const balancePage = `<html>
<head><title>Balance</title></head>
<body>
<h1>Your Balance</h1>
<p>$9999</p>
</body>
</html>
`;

export const answers: Readonly<Record<Outcome, Answer>> = {
  '200': { kind: 'respond', status: 200, type: 'text/html', body: balancePage },
  '403': { kind: 'respond', status: 403, body: 'Forbidden' },
  '500': { kind: 'respond', status: 500, body: 'Internal Server Error' },
  timeout: { kind: 'hold' },
};

/** What a client gets for each outcome. `hold` is the time that a timeout takes. */
export const summaries: Readonly<Record<Outcome, (hold: string) => string>> = {
  '200': () => 'a page with a balance',
  '403': () => 'Forbidden',
  '500': () => 'Internal Server Error',
  timeout: (hold) => `nothing for ${hold}, then the connection is closed without a byte`,
};
