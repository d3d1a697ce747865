import type { Asked } from '#lib/live/remote.ts';
import { type GivenOption, given, isSwitch, optionNames } from './options.ts';

/** Where the servers are. */
export interface Servers {
  readonly address: string;
  readonly ports: {
    readonly http: number;
    readonly https: number;
    readonly echo: number;
    readonly echoTls: number;
    readonly flow: number;
  };
}

export interface CommandLine {
  /** For the client: the command, address and port, and the options. */
  readonly args: readonly string[];
  /** Make's names for the client's options, as make passes them in LAB_OPTION_NAMES. */
  readonly names: string;
}

/** The command line that the Makefile has for a command with these options. */
export function commandLine(asked: Asked, { address, ports }: Servers): CommandLine {
  const { command } = asked;
  const overTls = (asked.options.TLS ?? '0') !== '0';
  const port = {
    balance: overTls ? ports.https : ports.http,
    echo: overTls ? ports.echoTls : ports.echo,
    send: ports.echo,
    flow: ports.flow,
  }[command];
  const names = Object.entries(optionNames[command]).map(([name, option]) => `${option}=${name}`);
  return {
    args: [command, address, `${port}`, ...implied(asked, overTls), ...given(asked).flatMap(argumentsOf)],
    names: names.join(' '),
  };
}

/** What the Makefile adds by itself. */
function implied({ command, options }: Asked, overTls: boolean): string[] {
  const { MSG, PROTOCOL, MODE, REVERSE } = options;
  if (command === 'echo' && PROTOCOL === undefined && (MSG !== undefined || overTls))
    return ['--protocol', 'tcp'];
  if (command === 'send' && MODE === undefined) return ['--protocol-mode', 'selective-repeat'];
  // The samples of the server host do not come here, and those of this host are not of the sender.
  if (command === 'flow' && REVERSE === '1') return ['--samples'];
  return [];
}

function argumentsOf({ option, value }: GivenOption): string[] {
  if (option === '--tls') return value === '0' ? [] : value === '1' ? [option] : [option, value];
  if (isSwitch(option)) return value === '1' ? [option] : [];
  return [option, value];
}
