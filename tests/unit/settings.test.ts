import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { flag, integer } from '#lib/runtime/config.ts';
import { disagreements, type Places, REFERENCE, readPlaces } from '../declared/settings.ts';

const places = readPlaces();
/** Another page that has this setting in a table. */
const page = places.tables.find(({ name }) => name === 'ECHO_BUFFER_KIB')?.place;
const without = (name: string, names: readonly string[] = []) => names.filter((other) => other !== name);

/** The places after one of them was changed, and what is said then. */
const planted: readonly (readonly [string, Partial<Places>, readonly string[]])[] = [
  [
    'a setting that is in .env alone',
    { dotEnv: { ...places.dotEnv, ECHO_PLANTED: '1' } },
    [
      'docker-compose.yml: it does not use ECHO_PLANTED of .env',
      `${REFERENCE}: no table has a row of ECHO_PLANTED`,
    ],
  ],
  [
    'a setting that .env has no more',
    {
      dotEnv: Object.fromEntries(
        Object.entries(places.dotEnv).filter(([name]) => name !== 'ECHO_BUFFER_KIB'),
      ),
    },
    [
      'docker-compose.yml: ECHO_BUFFER_KIB is not in .env',
      'services/echo/config.ts: ECHO_BUFFER_KIB is not in .env',
      `${REFERENCE}: ECHO_BUFFER_KIB is not in .env`,
      `${page}: ECHO_BUFFER_KIB is not in .env`,
    ],
  ],
  [
    'another default in .env',
    { dotEnv: { ...places.dotEnv, ECHO_BUFFER_KIB: '65' } },
    [
      'services/echo/config.ts: ECHO_BUFFER_KIB has another default than .env, "65"',
      `${REFERENCE}: ECHO_BUFFER_KIB has the default "64", in .env it is "65"`,
      `${page}: ECHO_BUFFER_KIB has the default "64", in .env it is "65"`,
    ],
  ],
  [
    'a setting that a server reads and nobody gives it',
    {
      schemas: {
        ...places.schemas,
        echo: v.object({
          ...places.schemas.echo?.entries,
          ECHO_PLANTED: integer('new', 1, { min: 1, max: 2 }),
        }),
      },
    },
    ['services/echo/config.ts: ECHO_PLANTED is not in .env'],
  ],
  [
    'a setting that does not come to its server',
    { given: { ...places.given, http: without('HTTP_FAULTS', places.given.http) } },
    ['services/http/config.ts: HTTP_FAULTS is not given to http by docker-compose.yml'],
  ],
  [
    'a setting for a server that does not read it',
    { given: { ...places.given, http: [...(places.given.http ?? []), 'ECHO_MODE'] } },
    ['docker-compose.yml: http is given ECHO_MODE, which it does not read'],
  ],
  [
    'a setting for a sidecar that does not read it',
    { given: { ...places.given, 'capture-client': ['LAB_SEED'] } },
    ['docker-compose.yml: capture-client is given LAB_SEED, which it does not read'],
  ],
  [
    'a row of the docs that nobody took away',
    { tables: [...places.tables, { place: 'docs/tls.md', name: 'LAB_OLD', value: '1' }] },
    ['docs/tls.md: LAB_OLD is not in .env'],
  ],
  [
    'values that the shell lets in and the server refuses',
    {
      schemas: { http: v.object({ LAB_MTLS: flag('certificates', false) }) },
      choices: [{ place: 'setup/checks.sh', name: 'LAB_MTLS', value: '0, 1, 2' }],
    },
    ['setup/checks.sh: LAB_MTLS is allowed 0, 1, 2, the server says allowed: 0, 1'],
  ],
  [
    'a word that is no setting any more',
    { mentions: [{ place: 'docs/tls.md', name: 'LAB_TLS_OLDEST' }] },
    ['docs/tls.md: LAB_TLS_OLDEST is no setting'],
  ],
];

describe('the settings', () => {
  test('are the same in every place', () => {
    expect(disagreements(places)).toEqual([]);
  });

  test('are read from every place', () => {
    const { dotEnv, given, reference, tables, choices, mentions } = places;
    expect(Object.keys(dotEnv).length).toBeGreaterThan(30);
    expect(given.http).toContain('LAB_TOKEN');
    expect(given['capture-client']).toContain('LAB_CAPTURE_FILES');
    expect(reference.length).toBeGreaterThan(30);
    expect(tables.length).toBeGreaterThan(5);
    expect(choices.map(({ name }) => name)).toContain('LAB_TLS_MIN');
    expect(mentions.length).toBeGreaterThan(100);
  });

  test.each(planted)('do not agree: %s', (_what, changed, said) => {
    expect(disagreements({ ...places, ...changed })).toEqual(expect.arrayContaining([...said]));
  });
});
