import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

const settings: NodeJS.ProcessEnv = {
  ...parseEnv(readFileSync(join(import.meta.dirname, '..', '.env'), 'utf8')),
  ...process.env,
};

/** What the names of this clone's images begin with: labs of test runs have other projects, and share them. */
export const LAB_IMAGES = settings.LAB_IMAGES || settings.COMPOSE_PROJECT_NAME || 'wirelab';

export const imageOf = (name: 'programs' | 'capture' | 'browser'): string => `${LAB_IMAGES}/${name}`;
