import { chosenWay, command, type Ended, type Settings } from './lab.ts';

/** What is typed after make so that the client talks as the suite does. */
export const tls = chosenWay === 'tls' ? ['TLS=1'] : [];

/** Runs make with words as they are typed, under these settings. */
export function make(settings: Settings, ...words: string[]): Promise<Ended> {
  return command(settings, 'make', '--silent', ...words);
}

/** The ids of the containers and networks that a lab has. */
export async function leftOf(settings: Settings): Promise<string> {
  const label = `label=com.docker.compose.project=${settings.COMPOSE_PROJECT_NAME}`;
  const printed = await Promise.all(
    [
      ['ps', '--all'],
      ['network', 'ls'],
    ].map((list) => command(settings, 'docker', ...list, '--quiet', '--filter', label)),
  );
  return printed.map(({ stdout }) => stdout).join('');
}
