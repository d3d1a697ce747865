import { type Browser, chromium, type Page } from 'playwright-core';

/** The container is its sandbox. */
export const IN_CONTAINER: readonly string[] = ['--no-sandbox', '--disable-dev-shm-usage'];

/** Starts the browser of the container in which this program runs. */
export function startChromium(...args: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...IN_CONTAINER, ...args] });
}

/** Adds what the console of a page says, the Content-Security-Policy among it, errors of its code, and its dialogs. */
export function noteComplaints(
  page: Page,
  complaints: string[],
  types: readonly string[] = ['error', 'warning'],
): void {
  page.on('console', (message) => {
    if (types.includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
}
