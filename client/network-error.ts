/** What went wrong, in words a student can act on, by the code that Node gives a failed connection. */
const explanations: Readonly<Record<string, (where: string) => string>> = {
  ECONNREFUSED: (where) => `connection refused by ${where}: nothing listens on that port`,
  ECONNRESET: (where) => `connection reset: ${where} closed it without an answer`,
  EPIPE: (where) => `connection reset: ${where} closed it without an answer`,
  EHOSTUNREACH: (where) => `no route to ${where}: no host has that address`,
  ENETUNREACH: (where) => `no route to ${where}: its network can't be reached`,
  ETIMEDOUT: (where) => `no answer from ${where}: the connection could not be opened in time`,
  ENOTFOUND: (where) => `name not found: ${where}`,
  EAI_AGAIN: (where) => `name not found: ${where} (the name server does not answer)`,
};

/** Whether a connection was open and the other side ended it. */
export function closedByPeer(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** One readable line for a failed request to `where`, such as `10.0.28.182:8080`. */
export function explainNetworkError(error: unknown, where: string): string {
  const { code, message } = error as { code?: string; message?: string };
  return explanations[code ?? '']?.(where) ?? message ?? String(error);
}
