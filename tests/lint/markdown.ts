import { lint } from 'markdownlint/promise';
import type { Finding, Sources } from './finding.ts';

/** Yields what markdownlint finds in each page. The settings are JSON whose comments are lines of their own. */
export async function* findInMarkdown(pages: Sources, settings: string): AsyncGenerator<Finding> {
  const found = await lint({
    strings: Object.fromEntries(pages),
    config: JSON.parse(settings.replace(/^\s*\/\/.*$/gm, '')),
  });
  for (const [file, errors] of Object.entries(found)) {
    for (const { lineNumber, ruleDescription, errorDetail, errorContext, ruleNames } of errors) {
      const message = [ruleDescription, errorDetail, errorContext].filter(Boolean).join('; ');
      yield { file, line: lineNumber, message, rule: ruleNames.join('/') };
    }
  }
}
