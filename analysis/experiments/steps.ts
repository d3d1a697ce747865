import type { Ports } from '#lib/lab/ports.ts';

/** Where the steps of a demo go, and how long a balance request is waited for. */
export interface Target {
  readonly server: string;
  readonly ports: Ports;
  /** Whole seconds. */
  readonly timeout: number;
}

/**
 * A step of the demo: who takes it, and its words. `up` takes settings, `faults` options of that command, `client` a
 * command line of the client host, and `say` what the person reads. setup/demo.sh takes them.
 */
export type Step = readonly [taker: 'say' | 'up' | 'faults' | 'client', ...words: string[]];

type Settings = Readonly<Record<string, string>>;

/** The settings of the whole demo, so that those of `.env` change none of its experiments. */
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

/** The fault profiles of the demo, one for each experiment: by them its packets are found. */
export const profiles = {
  delay: 'script:delay',
  loss: 'script:loss',
  corruption: 'script:corruption',
  lossThrice: 'script:loss,loss,loss',
  delayOnce: 'script:delay,none',
  corruptionOnce: 'script:corruption,none',
  udp: 'script:loss,corruption,none',
  transfer: 'loss=0.2',
  /** That of the first seed document, 1.2. */
  balance: 'timeout=0.2,403=0.2,500=0.1',
} as const;

/** Starts the lab, or changes the settings of one that is up, to those of the demo and these. */
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

/** A text by netcat, which ends after so many seconds. */
export function netcat({ server, ports }: Target, text: string, seconds: number): Step {
  const script = `echo "$0" | nc -N -w ${seconds} "$1" "$2"`;
  return ['client', 'sh', '-c', script, text, server, String(ports.echo)];
}

/** The client of the echo protocol with these options. */
export function echoClient({ server, ports }: Target, ...options: string[]): Step {
  return ['client', 'client', 'echo', server, String(ports.echo), ...options];
}
