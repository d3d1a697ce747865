/** What the linter uses of it. TypeScript has all of it among the types of a browser only, and none of Node's. */
declare namespace WebAssembly {
  type Module = object;
  type Memory = { readonly buffer: ArrayBuffer };
  type ModuleImports = Record<string, unknown>;
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(
    program: Module,
    imports: Record<string, ModuleImports>,
  ): Promise<{ readonly exports: object }>;
}
