import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** The settings as .env has them. */
export const defaults: Readonly<Record<string, string>> = parseEnv(
  readFileSync(join(import.meta.dirname, '..', '.env'), 'utf8'),
) as Record<string, string>;

const settings: NodeJS.ProcessEnv = { ...defaults, ...process.env };

/** What the lab's images are built on. */
export const LAB_BASE_IMAGE = settings.LAB_BASE_IMAGE!;

/** What the names of this clone's images begin with: labs of test runs have other projects, and share them. */
export const LAB_IMAGES = settings.LAB_IMAGES || settings.COMPOSE_PROJECT_NAME || 'wirelab';

export const imageOf = (name: 'programs' | 'capture' | 'client' | 'browser'): string =>
  `${LAB_IMAGES}/${name}`;
