import type { Ports } from '#lib/lab/ports.ts';

/** The server of a demo, and the timeout of a balance request. */
export interface Target {
  readonly server: string;
  readonly ports: Ports;
  /** Whole seconds. */
  readonly timeout: number;
}

/**
 * A step of the demo, for setup/demo.sh. `up` has settings, `faults` options of that command, `client` a command line
 * for the client host, and `say` a line to print.
 */
export type Step = readonly [kind: 'say' | 'up' | 'faults' | 'client', ...words: string[]];

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
