import { micromark } from 'micromark';
import { gfmTable, gfmTableHtml } from 'micromark-extension-gfm-table';

/** The markup of the prose of a sheet. micromark passes no markup through, and no link that runs a script. */
export function markupOf(prose: string): string {
  return micromark(prose, { extensions: [gfmTable()], htmlExtensions: [gfmTableHtml()] });
}
