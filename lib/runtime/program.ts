import type { InferOutput } from 'valibot';
import { ConfigError, type ConfigSchema, describeConfig, readConfig } from './config.ts';
import type { Log } from './log.ts';
import { onShutdown } from './shutdown.ts';

/** Ends everything that a program has started. */
export type Close = () => Promise<void>;

/**
 * Starts a program. What it adds to `opened` is closed in the reverse order when the program ends, also when the start fails or
 * a signal interrupts it. What it returns is called first.
 */
export type Start<Config> = (config: Config, opened: AsyncDisposableStack) => Promise<Close | undefined>;

/**
 * Runs a server: reads its settings, starts it, and closes it at SIGTERM or SIGINT.
 *
 * `--help` prints the settings. `--check` reads the settings and ends. The exit code is 2 when a setting is not
 * allowed, and 1 when the program can't start.
 *
 * @param problemsOf what is wrong with settings that are allowed alone and not together, a line each
 */
export async function runProgram<Schema extends ConfigSchema>(
  target: NodeJS.Process,
  schema: Schema,
  log: Log,
  start: Start<InferOutput<Schema>>,
  problemsOf: (config: InferOutput<Schema>) => readonly string[] = () => [],
): Promise<void> {
  if (target.argv.includes('--help')) {
    log.info(describeConfig(schema));
    return;
  }
  const opened = new AsyncDisposableStack();
  const end = onShutdown(target, () => opened.disposeAsync());
  try {
    const config = readConfig(schema, target.env);
    const problems = problemsOf(config);
    if (problems.length > 0) throw new ConfigError(problems);
    const close = target.argv.includes('--check') ? undefined : await start(config, opened);
    if (close) opened.defer(close);
  } catch (error) {
    // A signal has ended the start, and it goes no further.
    if (opened.disposed) return;
    log.error(error instanceof Error ? error.message : String(error));
    end(error instanceof ConfigError ? 2 : 1);
  }
}
