import { type Html, html, Html as Markup, type Value } from './escape.ts';

/** A page loads nothing and runs no script, whatever a payload or a student contains. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface Document {
  readonly title: string;
  readonly style: string;
  readonly body: Value;
  /** The class of the body. */
  readonly kind?: string | undefined;
  /** As in the attribute `lang`. */
  readonly language?: string;
}

/** A whole page, in one file. */
export function documentOf({ title, style, body, kind, language = 'en' }: Document): string {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body${kindOf(kind)}>
${body}
</body>
</html>
`.text;
}

function kindOf(kind: string | undefined): Html | undefined {
  return kind === undefined ? undefined : html` class="${kind}"`;
}
