import { type Identifier, type Node, parse, type Statement } from 'luaparse';
import type { Finding, Sources } from './finding.ts';

/** What Lua 5.2 and 5.4 both have, and what Wireshark adds. */
const GLOBALS = new Set(
  `_G _VERSION assert error getmetatable ipairs next pairs pcall print rawequal rawget rawlen rawset require select
   setmetatable tonumber tostring type xpcall coroutine debug io math os package string table
   bit base expert frametype gui_enabled prefs
   ByteArray Dissector DissectorTable Field FieldInfo Listener NSTime Pref Proto ProtoExpert ProtoField Tvb
   DESEGMENT_ONE_MORE_SEGMENT ENC_ASCII ENC_UTF_8 register_menu register_postdissector set_plugin_info`.split(
    /\s+/,
  ),
);

/** The name of what is not needed. */
const NOT_NEEDED = '_';
/** The local that a method has without writing it down. */
const SELF: Identifier = { type: 'Identifier', name: 'self' };
/** As .editorconfig has it. */
const LINE_LENGTH = 120;

/**
 * Yields what is wrong in each script. A global is set, or read without being there. A local is never read, or hides
 * another one. A block is empty, or a line is too long. What Lua 5.2 cannot parse is wrong too, because Wireshark 4.0 has
 * that version.
 */
export function* findInLua(scripts: Sources): Generator<Finding> {
  for (const [file, text] of scripts) {
    const reader = new Reader(file);
    for (const [index, { length }] of text.split('\n').entries()) {
      const message = `${length} characters, of ${LINE_LENGTH} at most`;
      if (length > LINE_LENGTH) reader.found.push({ file, line: index + 1, message, rule: 'length' });
    }
    try {
      reader.block(parse(text, { luaVersion: '5.2', comments: false, locations: true }).body);
    } catch (error) {
      if (!isSyntaxError(error)) throw error;
      reader.found.push({ file, line: error.line, message: error.message, rule: 'syntax' });
    }
    yield* reader.found.toSorted((a, b) => a.line - b.line);
  }
}

/** luaparse throws one with the line that it is on. */
function isSyntaxError(error: unknown): error is SyntaxError & { line: number } {
  return error instanceof SyntaxError && 'line' in error;
}

/** What each kind of statement and expression does with names. Of the others each part is read. */
type Rules = { [Type in Node['type']]?: (node: Extract<Node, { type: Type }>, reader: Reader) => void };

const RULES: Rules = {
  Identifier: (node, reader) => reader.use(node),
  MemberExpression: ({ base }, reader) => reader.read(base),
  TableKeyString: ({ value }, reader) => reader.read(value),
  LabelStatement: () => {},
  GotoStatement: () => {},
  LocalStatement({ variables, init }, reader) {
    reader.read(init);
    reader.declare(variables);
  },
  AssignmentStatement({ variables, init }, reader) {
    reader.read(init);
    for (const variable of variables) reader.assign(variable);
  },
  FunctionDeclaration({ identifier, isLocal, parameters, body }, reader) {
    // A local function may call itself.
    if (isLocal && identifier?.type === 'Identifier') reader.declare([identifier]);
    else if (identifier) reader.assign(identifier);
    const isMethod = identifier?.type === 'MemberExpression' && identifier.indexer === ':';
    const named = parameters.filter((parameter) => parameter.type === 'Identifier');
    reader.block(body, isMethod ? [SELF, ...named] : named);
  },
  ForNumericStatement({ variable, start, end, step, body }, reader) {
    reader.read([start, end, step]);
    reader.block(body, [variable]);
  },
  ForGenericStatement({ variables, iterators, body }, reader) {
    reader.read(iterators);
    reader.block(body, variables);
  },
  WhileStatement({ condition, body }, reader) {
    reader.read(condition);
    reader.block(body);
  },
  RepeatStatement: ({ condition, body }, reader) => reader.block([...body, condition]),
  DoStatement: (node, reader) => reader.notEmpty(node),
  IfClause: (node, reader) => reader.notEmpty(node),
  ElseifClause: (node, reader) => reader.notEmpty(node),
  ElseClause: (node, reader) => reader.notEmpty(node),
};

/** Follows the names of one script through its blocks. */
class Reader {
  readonly found: Finding[] = [];
  readonly #file: string;
  /** The locals of each block that is open, and those of them that something has read. */
  readonly #blocks: Map<string, Identifier>[] = [];
  readonly #used = new Set([SELF]);

  constructor(file: string) {
    this.#file = file;
  }

  /** Reads the statements of a block, which begins with these locals. */
  block(body: readonly Node[], locals: readonly Identifier[] = []): void {
    this.#blocks.push(new Map());
    this.declare(locals);
    this.read(body);
    for (const [name, local] of this.#blocks.pop() ?? []) {
      if (!this.#used.has(local) && name !== NOT_NEEDED) this.#say(local, 'unused', `nothing reads ${name}`);
    }
  }

  read(part: unknown): void {
    if (Array.isArray(part)) for (const one of part) this.read(one);
    if (!isNode(part)) return;
    const rule = RULES[part.type] as ((node: Node, reader: Reader) => void) | undefined;
    if (rule) rule(part, this);
    else this.read(Object.values(part));
  }

  declare(locals: readonly Identifier[]): void {
    for (const local of locals) {
      const hidden = this.#find(local.name);
      const line = hidden?.loc?.start.line;
      if (hidden && local.name !== NOT_NEEDED)
        this.#say(local, 'shadowing', `${local.name} hides that of line ${line}`);
      this.#blocks.at(-1)?.set(local.name, local);
    }
  }

  use(node: Identifier): void {
    const local = this.#find(node.name);
    if (local) this.#used.add(local);
    else if (!GLOBALS.has(node.name))
      this.#say(node, 'undefined', `${node.name} is neither local nor a global of Wireshark`);
  }

  assign(target: Node): void {
    if (target.type !== 'Identifier') this.read(target);
    else if (!this.#find(target.name)) this.#say(target, 'global', `${target.name} is set as a global`);
  }

  notEmpty(node: Node & { body: Statement[]; condition?: Node }): void {
    this.read(node.condition);
    if (node.body.length === 0) this.#say(node, 'empty', 'a block with nothing in it');
    this.block(node.body);
  }

  #find(name: string): Identifier | undefined {
    return this.#blocks.findLast((block) => block.has(name))?.get(name);
  }

  #say({ loc }: Node, rule: string, message: string): void {
    this.found.push({ file: this.#file, line: loc?.start.line ?? 1, message, rule });
  }
}

function isNode(part: unknown): part is Node {
  return typeof part === 'object' && part !== null && 'type' in part;
}
