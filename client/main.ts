#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import * as v from 'valibot';
import { createLog } from '#lib/runtime/log.ts';
import { OptionError, optionNames, refuseByName } from '#lib/runtime/options.ts';
import { endWithOutput } from '#lib/runtime/output.ts';
import { sleep } from '#lib/runtime/sleep.ts';
import { timer } from '#lib/runtime/timer.ts';
import { safeLines } from '#lib/text/readable.ts';
import { LARGEST_PAYLOAD, LARGEST_SIGNED_PAYLOAD } from '#lib/transfer/datagram.ts';
import { modeNames } from '#lib/transfer/kinds.ts';
import { echo } from './commands/echo.ts';
import { DEFAULT_MEGABYTES, flow } from './commands/flow.ts';
import { defaults, send } from './commands/send.ts';
import { allowedControls } from './flow/congestion.ts';
import { type OptionValue, optionValues, portValue, tlsValue } from './option-values.ts';
import { createQuestions } from './questions.ts';
import { readTlsOptions, TlsOptionsError, type TlsVersion, tlsVersions } from './tls-options.ts';

const log = createLog();
const nameOf = optionNames(process.env);
const interrupt = new AbortController();
endWithOutput(process);
process.on('SIGINT', () => interrupt.abort()).on('SIGTERM', () => interrupt.abort());

const program = new Command('client')
  .description('Talks to the servers of the lab and survives their faults.')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(safeLines(text)) })
  .configureHelp({ showGlobalOptions: true })
  // The usage shows options, but make has variables in their place.
  .showHelpAfterError(!process.env.LAB_OPTION_NAMES);

const { LAB_TOKEN: token, LAB_BASIC: basic } = process.env;

overTls(program.command('balance'))
  .description("sends requests to /getbalance over one session, then prints the server's logs")
  .argument('<server_address>', 'address or name of the server')
  .argument('<port>', 'its TCP port', reading(portValue))
  .option('--requests <n>', 'how many requests', reading(optionValues.balance['--requests']), 20)
  .option(
    '--timeout <seconds>',
    'how long a response may take',
    reading(optionValues.balance['--timeout']),
    10,
  )
  .option(
    '--interval <seconds>',
    'pause after each request',
    reading(optionValues.balance['--interval']),
    0.5,
  )
  .option('--json', 'one JSON object a line', false)
  .action(async (address: string, port: number, options, command: Command) => {
    // Only this command needs axios, which takes longer to load than everything else.
    const { balance } = await import('./commands/balance.ts');
    process.exitCode = await balance(
      { address, port, ...options, tls: tlsOf(command), token, basic },
      { log, sleep, interrupted: interrupt.signal },
    );
  });

overTls(program.command('echo'))
  .description('sends messages with checksums to the echo server until their echoes come back')
  .argument('<server_address>', 'address or name of the server')
  .argument('<port>', 'its TCP and UDP port', reading(portValue))
  .option(
    '--protocol <protocol>',
    'tcp or udp; without it, the client asks, or uses tcp in a pipe',
    reading(optionValues.echo['--protocol']),
  )
  .option('--message <text>', 'what to send; without it, the client asks, or sends the lines of a pipe')
  .option('--retries <n>', 'attempts for each message', reading(optionValues.echo['--retries']), 3)
  .option('--timeout <seconds>', 'how long a reply may take', reading(optionValues.echo['--timeout']), 3)
  .option('--count <n>', 'how often each message is sent', reading(optionValues.echo['--count']), 1)
  .option('--concurrency <n>', 'connections at once', reading(optionValues.echo['--concurrency']), 1)
  .option('--backoff', 'wait longer before each further attempt, with jitter', false)
  .option('--reference', 'read replies as the reference client does, and give up at a mismatch', false)
  .option('--json', 'one JSON object a message', false)
  .action(async (address: string, port: number, options, command: Command) => {
    if (options.tls && options.protocol === 'udp') {
      throw new OptionError(`${nameOf('--protocol')} is "udp"; allowed with ${nameOf('--tls')}: tcp`);
    }
    const tls = tlsOf(command);
    const questions = createQuestions({
      input: process.stdin,
      output: options.json ? process.stderr : process.stdout,
      interrupted: interrupt.signal,
      interrupt: () => interrupt.abort(),
    });
    process.exitCode = await echo(
      { address, port, ...options, ...(tls && { tls, protocol: 'tcp' }), token },
      { log, nameOf, sleep, random: Math.random, questions, interrupted: interrupt.signal },
    );
    questions.close();
  });

program
  .command('send')
  .description('sends data to the echo server over UDP, reliably, by a textbook protocol')
  .argument('<server_address>', 'address or name of the server')
  .argument('<port>', 'its UDP port', reading(portValue))
  .requiredOption(
    '--protocol-mode <mode>',
    modeNames.join(', '),
    reading(optionValues.send['--protocol-mode']),
  )
  .option('--file <path>', 'send a file')
  .option('--count <n>', 'send this number of numbered segments', reading(optionValues.send['--count']))
  .option('--text <text>', 'send a text')
  .option(
    '--window <n>',
    `segments on the way at once (default: ${defaults.window}, for stop-and-wait 1)`,
    reading(optionValues.send['--window']),
  )
  .option('--echo', 'let the server send everything back', false)
  .option(
    '--segment <bytes>',
    `bytes in a segment (default: ${LARGEST_PAYLOAD}, with LAB_TOKEN ${LARGEST_SIGNED_PAYLOAD})`,
    reading(optionValues.send['--segment']),
  )
  .option(
    '--min-rto <ms>',
    'shortest retransmission timeout',
    reading(optionValues.send['--min-rto']),
    defaults.minRto,
  )
  .option(
    '--max-rto <ms>',
    'longest retransmission timeout',
    reading(optionValues.send['--max-rto']),
    defaults.maxRto,
  )
  .option(
    '--tries <n>',
    'timeouts of one segment after which the client gives up',
    reading(optionValues.send['--tries']),
    defaults.tries,
  )
  .option('--json', 'one JSON object', false)
  .action(async (address: string, port: number, options) => {
    process.exitCode = await send(
      { address, port, ...options, token },
      {
        log,
        nameOf,
        clock: () => performance.now(),
        now: () => new Date(),
        timer,
        newId: () => randomBytes(4).toString('hex'),
        screen: process.stderr,
        interrupted: interrupt.signal,
      },
    );
  });

program
  .command('flow')
  .description('sends a bulk of data over TCP with iperf3, and samples what the kernel of the sender does')
  .argument('<server_address>', 'address or name of the server')
  .argument('<port>', 'its TCP port', reading(portValue))
  .option(
    '--megabytes <n>',
    `end after this many million bytes (default: ${DEFAULT_MEGABYTES})`,
    reading(optionValues.flow['--megabytes']),
  )
  .option('--seconds <n>', 'end after this time', reading(optionValues.flow['--seconds']))
  .option('--flows <n>', 'TCP connections at once', reading(optionValues.flow['--flows']), 1)
  .option('--reverse', 'the server sends', false)
  .option(
    '--congestion <name>',
    'congestion control of the sender',
    reading(optionValues.flow['--congestion']),
  )
  .option('--samples', 'standard input has the samples, from the host that sends', false)
  .option('--json', 'one JSON object a line', false)
  .option('--journal', 'the same, and the lines for a person', false)
  .action(async (address: string, port: number, options) => {
    process.exitCode = await flow(
      { address, port, ...options },
      {
        log,
        nameOf,
        now: () => new Date(),
        newId: () => randomBytes(4).toString('hex'),
        input: process.stdin,
        controls: allowedControls,
        interrupted: interrupt.signal,
      },
    );
  });

interface TlsFlags {
  readonly tls?: true | TlsVersion;
  readonly ca: string;
  readonly certificate: string | false;
  readonly key: string;
  readonly insecure: boolean;
}

/** Options that need --tls. */
const ofTls = ['ca', 'certificate', 'key', 'insecure'] as const;

/** Adds the options for TLS to a command. */
function overTls(command: Command): Command {
  return command
    .option(
      '--tls [version]',
      `use TLS, in its newest version or in one of ${tlsVersions.join(', ')}`,
      reading(tlsValue),
    )
    .option('--ca <file>', "CA that must have signed the server's certificate", '/certificates/ca.pem')
    .option('--certificate <file>', 'client certificate', '/certificates/certificate.pem')
    .option('--no-certificate', 'send no client certificate')
    .option('--key <file>', 'key of the client certificate', '/certificates/key.pem')
    .option('--insecure', 'accept any certificate of the server', false);
}

function tlsOf(command: Command) {
  const { tls, ...options } = command.opts<TlsFlags>();
  if (!tls) {
    const given = ofTls.find((name) => command.getOptionValueSource(name) === 'cli');
    if (given) {
      const [name, tls] = [`--${given}`, '--tls'].map(nameOf);
      throw new OptionError(`${name} is given without ${tls}; allowed: both, or neither`);
    }
    return undefined;
  }
  if (options.insecure)
    log.warn(
      `${nameOf('--insecure')}: the server's certificate is not verified, so anybody can pretend to be the server`,
    );
  return readTlsOptions({ ...options, ...(tls !== true && { version: tls }) });
}

/** Reads a value for commander. */
function reading<Value extends OptionValue>(value: Value) {
  return (text: string): v.InferOutput<Value> => {
    const { success, output, issues } = v.safeParse(value, text);
    if (success) return output;
    throw new InvalidArgumentError(issues[0].message);
  };
}

refuseByName(program, nameOf);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof OptionError || error instanceof TlsOptionsError) log.error(error.message);
  else if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
}
