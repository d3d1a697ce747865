import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** The settings of .env. */
export const defaults: Readonly<Record<string, string>> = parseEnv(
  readFileSync(join(import.meta.dirname, '..', '.env'), 'utf8'),
) as Record<string, string>;

const settings: NodeJS.ProcessEnv = { ...defaults, ...process.env };

/** The base images of the lab's images. */
export const LAB_BASE_IMAGE = settings.LAB_BASE_IMAGE!;

/** The compilers of the client host's image. Each lab of a run has the same, because starting one builds it anew. */
export const LAB_CLIENT_LANGUAGES = settings.LAB_CLIENT_LANGUAGES!;

/** The prefix of this clone's images. Labs of test runs have other projects, but share these images. */
export const LAB_IMAGES = settings.LAB_IMAGES || settings.COMPOSE_PROJECT_NAME || 'wirelab';

export const imageOf = (name: 'programs' | 'capture' | 'client' | 'browser'): string =>
  `${LAB_IMAGES}/${name}`;
