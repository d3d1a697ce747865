/** A table of a page: the words of its head, and of each row its cells. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a page of Markdown, in order. */
export function tablesOf(page: string): Table[] {
  const blocks = page.matchAll(/^\|.*\|\n\|(?: --- \|)+\n(?:\|.*\|(?:\n|$))*/gm);
  return Array.from(blocks, ([block]) => {
    const [head = [], , ...rows] = block.trimEnd().split('\n').map(cellsOf);
    return { head, rows };
  });
}

/** The tables of a page whose head begins with these words, each with the heading above it. */
export function tablesUnder(page: string, ...head: readonly string[]): (Table & { heading: string })[] {
  return page.split(/^#+ (?=.*\n)/m).flatMap((section) =>
    tablesOf(section)
      .filter((table) => head.every((word, at) => table.head[at] === word))
      .map((table) => ({ ...table, heading: section.split('\n')[0] ?? '' })),
  );
}

/** The table of a page whose head begins with these words. */
export function tableWith(page: string, ...head: readonly string[]): Table {
  const found = tablesOf(page).find((table) => head.every((word, at) => table.head[at] === word));
  if (!found) throw new Error(`the page has no table that begins | ${head.join(' | ')} |`);
  return found;
}

/** The texts between backquotes. */
export function quotedIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]*)`/g), ([, text = '']) => text);
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
