import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Gets from a person, or from a pipe, what the command line leaves open. */
export interface Questions {
  /** Asks for a line; the line is empty at the end of the input. Undefined when there is no terminal. */
  readonly ask: ((prompt: string) => Promise<string>) | undefined;
  /** The lines of a pipe. */
  readonly lines: AsyncIterable<string>;
  /** Call it when there are no more questions: an open input keeps the process alive. */
  close(): void;
}

export interface QuestionsParts {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  /** Ends the lines. */
  readonly interrupted: AbortSignal;
  /** Called for Ctrl-C while a question is open, because the terminal then handles Ctrl-C itself. */
  readonly interrupt: () => void;
}

export function createQuestions({ input, output, interrupted, interrupt }: QuestionsParts): Questions {
  // One reader for all questions, opened at the first one: it keeps the lines that were typed ahead.
  let reader: { readonly lines: AsyncIterator<string>; readonly prompt: (text: string) => void } | undefined;
  let close = () => {};

  function read(options: { readonly output?: Writable; readonly terminal?: boolean }) {
    const terminal = createInterface({ input, signal: interrupted, ...options }).on('SIGINT', interrupt);
    close = () => terminal.close();
    const prompt = (text: string) => {
      terminal.setPrompt(text);
      terminal.prompt();
    };
    return { lines: terminal[Symbol.asyncIterator](), prompt };
  }

  async function ask(question: string): Promise<string> {
    reader ??= read({ output, terminal: true });
    reader.prompt(question);
    const { value } = await reader.lines.next();
    interrupted.throwIfAborted();
    return value ?? '';
  }

  return {
    ask: input.isTTY ? ask : undefined,
    lines: { [Symbol.asyncIterator]: () => read({}).lines },
    close: () => close(),
  };
}
