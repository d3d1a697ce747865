import type { InferOutput } from 'valibot';
import { ConfigError, type ConfigSchema, describeConfig, readConfig } from './config.ts';
import type { Log } from './log.ts';
import { onShutdown } from './shutdown.ts';

/** Ends everything that a program has started. */
export type Close = () => Promise<void>;

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
  start: (config: InferOutput<Schema>) => Promise<Close>,
  problemsOf: (config: InferOutput<Schema>) => readonly string[] = () => [],
): Promise<void> {
  if (target.argv.includes('--help')) {
    log.info(describeConfig(schema));
    return;
  }
  try {
    const config = readConfig(schema, target.env);
    const problems = problemsOf(config);
    if (problems.length > 0) throw new ConfigError(problems);
    if (!target.argv.includes('--check')) onShutdown(target, await start(config));
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error));
    target.exitCode = error instanceof ConfigError ? 2 : 1;
  }
}
