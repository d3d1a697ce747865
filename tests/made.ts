import { chosenWay, command, type Ended, ownSettings, remove, type Settings } from './lab.ts';

/** The words after make with which the client talks in the way of the suite. */
export const tls = chosenWay === 'tls' ? ['TLS=1'] : [];

/** Runs make with these words, and with these settings. */
export function make(settings: Settings, ...words: string[]): Promise<Ended> {
  return command(settings, 'make', '--silent', ...words);
}

/** A lab that make starts and ends, with its own settings. */
export class MadeLab {
  settings: Settings = {};

  readonly begin = async (): Promise<void> => {
    this.settings = await ownSettings();
  };

  /** Removes everything that is left of it. */
  readonly end = (): Promise<void> => remove(this.settings);

  /** Runs make with these words. */
  run(...words: string[]): Promise<Ended> {
    return make(this.settings, ...words);
  }

  /** Runs make with some other settings. */
  make(target: string, overrides: Settings = {}): Promise<Ended> {
    return make({ ...this.settings, ...overrides }, target);
  }

  /** Runs another command of this machine. */
  command(file: string, ...args: string[]): Promise<Ended> {
    return command(this.settings, file, ...args);
  }

  /** What Docker prints. */
  async docker(...args: string[]): Promise<string> {
    const { stdout } = await this.command('docker', ...args);
    return stdout.trim();
  }

  /** The ids of its containers and networks. */
  async left(): Promise<string> {
    const lists = [
      ['ps', '--all'],
      ['network', 'ls'],
    ];
    const own = `label=com.docker.compose.project=${this.settings.COMPOSE_PROJECT_NAME}`;
    const ids = lists.map((list) => this.command('docker', ...list, '--quiet', '--filter', own));
    return (await Promise.all(ids)).map(({ stdout }) => stdout).join('');
  }
}
