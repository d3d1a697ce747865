import { readFile, stat } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join } from 'node:path';

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  /** Changes with the file. */
  readonly tag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A path below a folder, without a way out of it. */
const PATH = /^[\w-]+(?:[./][\w-]+)*$/;
/** What no image has. */
const OF_TESTS = /(?:\.test|testing)\.ts$/;

/** The files of the page. A module of TypeScript comes without its types, so that a browser runs it. */
export class Assets {
  readonly #known = new Map<string, Asset>();

  /**
   * @param folder the file is somewhere below it
   * @returns undefined when there is no such file, or no browser may have it
   */
  async read(folder: string, path: string): Promise<Asset | undefined> {
    const type = TYPES[extname(path)];
    if (type === undefined || !PATH.test(path) || OF_TESTS.test(path)) return undefined;
    const file = join(folder, path);
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    const tag = `"${found.size}-${found.mtimeMs}"`;
    const known = this.#known.get(file);
    if (known?.tag === tag) return known;
    const bytes = await readFile(file);
    const asset = {
      type,
      tag,
      bytes: path.endsWith('.ts') ? Buffer.from(stripTypeScriptTypes(bytes.toString())) : bytes,
    };
    this.#known.set(file, asset);
    return asset;
  }
}
