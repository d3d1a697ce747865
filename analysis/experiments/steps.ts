import type { Ports } from '#lib/lab/ports.ts';

/** The server of a demo, the timeout of a balance request, and what the machine has. */
export interface Target {
  readonly server: string;
  readonly ports: Ports;
  /** Whole seconds. */
  readonly timeout: number;
  /** Whether there can be a wire. */
  readonly hasWire: boolean;
}

/**
 * A step of the demo, for setup/demo.sh. `up` has settings, `faults` options of that command, `wire` values of make wire,
 * `flow` a congestion control and options of that client, and `say` a line to print. `client` has a command line for the
 * client host; `begin` has one that runs beside the next steps, until `end`.
 */
export type Step = readonly [
  kind: 'say' | 'up' | 'faults' | 'wire' | 'flow' | 'client' | 'begin' | 'end',
  ...words: string[],
];

type Settings = Readonly<Record<string, string>>;

/** All settings that matter for the demo, so that `.env` can't change its experiments. */
function settingsOf(timeout: number): Settings {
  return {
    ECHO_MODE: 'echo',
    ECHO_DELAY_SECONDS: '1',
    ECHO_LOSS: 'notice',
    ECHO_IDLE_SECONDS: '60',
    ECHO_FAULTS: 'none',
    ECHO_TCP_FAULTS: '',
    ECHO_UDP_FAULTS: '',
    HTTP_FAULTS: profiles.balance,
    // The client gives up before the server does.
    HTTP_TIMEOUT_SECONDS: String(Math.floor(timeout * 1.5) + 1),
    LAB_TOKEN: '',
    LAB_BASIC: '',
    LAB_MTLS: '0',
    LAB_TLS_MIN: '1.3',
    LAB_TLS_KEYLOG: '1',
  };
}

/** The fault profiles of the demo. Each experiment has its own, by which its packets are found. */
export const profiles = {
  delay: 'script:delay',
  loss: 'script:loss',
  corruption: 'script:corruption',
  lossThrice: 'script:loss,loss,loss',
  delayOnce: 'script:delay,none',
  corruptionOnce: 'script:corruption,none',
  udp: 'script:loss,corruption,none',
  transfer: 'loss=0.2',
  /** Beside a wire, the server makes no faults. */
  wire: 'none',
  /** The profile of the reference server. */
  balance: 'timeout=0.2,403=0.2,500=0.1',
} as const;

/** Starts the lab with the demo's settings and these, or applies them to the running lab. */
export function up({ timeout }: Target, settings: Settings = {}): Step {
  return [
    'up',
    ...Object.entries({ ...settingsOf(timeout), ...settings }).map((setting) => setting.join('=')),
  ];
}

/** Changes the faults of the echo server. */
export function faults(transport: 'tcp' | 'udp', profile: string): Step {
  return ['faults', `--${transport}`, profile];
}

/** Sends a text by netcat, which ends after some seconds. */
export function netcat({ server, ports }: Target, text: string, seconds: number): Step {
  const script = `echo "$0" | nc -N -w ${seconds} "$1" "$2"`;
  return ['client', 'sh', '-c', script, text, server, String(ports.echo)];
}

/** Runs the echo client with these options. */
export function echoClient({ server, ports }: Target, ...options: string[]): Step {
  return ['client', 'client', 'echo', server, String(ports.echo), ...options];
}

/** How many bytes a bulk has: ten segments, so several follow each. */
const BULK = 14_480;

/** Sends many bytes as one message, which arrive in several segments. */
export function bulk({ server, ports }: Target): Step {
  const script = `head -c ${BULK} /dev/zero | tr '\\0' x | nc -N -w 5 "$0" "$1"`;
  return ['client', 'sh', '-c', script, server, String(ports.echo)];
}
