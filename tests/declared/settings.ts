import { isDeepStrictEqual, parseEnv } from 'node:util';
import * as v from 'valibot';
import { parse } from 'yaml';
import type { ConfigSchema } from '#lib/runtime/config.ts';
import { configSchema as remoteSchema } from '../../client/remote/config.ts';
import { configSchema as answersSchema } from '../../services/answers/config.ts';
import { configSchema as echoSchema } from '../../services/echo/config.ts';
import { configSchema as httpSchema } from '../../services/http/config.ts';
import { configSchema as liveSchema } from '../../services/live/config.ts';
import { configSchema as wireSchema } from '../../services/wire/config.ts';
import { quotedIn, tablesOf } from './markdown.ts';
import { pages, read, readAll } from './project.ts';

/** A setting that a place names, with its default if the place has one. */
interface Mention {
  readonly place: string;
  readonly name: string;
  readonly value?: string;
}

/** The settings as each place of the project has them. */
export interface Places {
  readonly dotEnv: Readonly<Record<string, string>>;
  /** In docker-compose.yml: the settings of each service, and all that are named. */
  readonly given: Readonly<Record<string, readonly string[]>>;
  readonly used: readonly string[];
  /** The schemas of the servers, by service. */
  readonly schemas: Readonly<Record<string, ConfigSchema>>;
  /** The sources of services that have no schema, or more than it has, by service. */
  readonly programs: Readonly<Record<string, string>>;
  /** The tables of the reference page, which lists all. */
  readonly reference: readonly Mention[];
  /** The tables of settings of the other pages. */
  readonly tables: readonly Mention[];
  /** The values that a script allows, `NAME VALUE VALUE`. */
  readonly choices: readonly Mention[];
  /** Each word in any text that looks like a setting. */
  readonly mentions: readonly Mention[];
}

/** A word that can only be a setting, or what `notSettings` lists. */
const NAME = /(?<![\w-])(?:LAB|HTTP|HTTPS|ECHO|WIRE|FLOW|LIVE)_[A-Z_]*[A-Z](?![\w*])/g;

/** That word where it is set, as in an object or in a line of the shell. */
const SET = /\b(?:LAB|HTTP|HTTPS|ECHO|WIRE|FLOW|LIVE)_[A-Z_]*[A-Z](?=[:=])/g;

/** Words of that form that are something else, and what. */
const notSettings: Readonly<Record<string, string>> = {
  LAB_IMAGES: 'has a default in docker-compose.yml',
  LAB_PIPED: 'one script of setup/ tells another that it has been taken care of',
  LAB_LOCKED: 'one script of setup/ tells another whose lock it has',
  LAB_CALL: 'setup/exec.sh marks the program that it starts in a container',
  LAB_OPTION_NAMES: 'make tells the programs how it calls their options',
  LAB_SEDE: 'misspelt on purpose, by a test',
  LAB_WAY: 'make test WAY= tells the suites',
  LIVE_RUN: 'make live RUN= tells Compose the folder of the run that it plays',
  ECHO_TCP: 'a variable of make faults',
  ECHO_UDP: 'a variable of make faults',
};

/** The page that lists all settings. */
export const REFERENCE = 'docs/reference/settings.md';

/** The settings that it lists besides those of `.env`. */
const besides = ['COMPOSE_PROJECT_NAME', 'LAB_IMAGES'];

/** The places as they are. */
export function readPlaces(): Places {
  const compose = read('docker-compose.yml');
  const services: Record<string, { environment?: Record<string, unknown> }> = parse(compose, {
    merge: true,
  }).services;
  const given = Object.entries(services).map(([service, { environment = {} }]) => [
    service,
    Object.keys(environment).filter((name) => name.match(NAME)),
  ]);
  const tables = Object.entries(pages()).flatMap(([page, text]) =>
    tablesOf(text).flatMap(({ head, rows }) =>
      head[0] === 'setting' && head[1] === 'default' ? rowsOf(page, rows) : [],
    ),
  );
  const capture = textOf('services/capture/*');
  const client = textOf('client/**/*');
  const host = textOf('services/host/*.sh');
  return {
    dotEnv: parseEnv(read('.env')) as Record<string, string>,
    given: Object.fromEntries(given),
    used: namesIn(compose.replaceAll(/#.*|\$\$\{?[A-Z_]+|\$\{[A-Z_]+:-/g, '')),
    schemas: {
      http: httpSchema,
      echo: echoSchema,
      wire: wireSchema,
      'live-client': remoteSchema,
      live: liveSchema,
      answers: answersSchema,
    },
    programs: {
      certificates: textOf('services/certificates/*'),
      'capture-server': capture,
      'capture-client': capture,
      'capture-wire': capture,
      'wire-host': host,
      client,
      'client-raw': client,
      'live-client': client,
      'server-host': host,
      'client-host': host,
    },
    reference: tables.filter(({ place }) => place === REFERENCE),
    tables: tables.filter(({ place }) => place !== REFERENCE),
    choices: Array.from(
      read('setup/checks.sh').matchAll(/'((?:LAB|HTTP|ECHO|LIVE)_[A-Z_]+) ([\w. ]+)'/g),
      (found) => ({
        place: 'setup/checks.sh',
        name: found[1]!,
        value: found[2]!.replaceAll(' ', ', '),
      }),
    ),
    mentions: [
      ...mentionsIn(
        {
          ...pages(),
          ...readAll('setup/*.sh', 'services/*/*.sh', 'client/host/*', 'examples/ci/client.test.js'),
        },
        namesIn,
      ),
      // In the code other things have names of that form too: what is set there is a setting.
      ...mentionsIn(readAll('tests/*.ts', 'bench/*.ts', 'analysis/experiments/steps.ts'), (text) =>
        namesIn([...text.matchAll(SET)].join('\n')),
      ),
    ],
  };
}

/** Where two places do not agree, a line each: the place, the setting and what the other one has. */
export function disagreements(places: Places): string[] {
  return [
    ...ofCompose(places),
    ...ofSchemas(places),
    ...ofPages(places),
    ...ofScripts(places),
    ...ofMentions(places),
  ];
}

function ofCompose({ dotEnv, given, used, schemas, programs }: Places): string[] {
  const known = [...Object.keys(dotEnv), ...Object.keys(notSettings), ...besides];
  return [
    ...used
      .filter((name) => !known.includes(name))
      .map((name) => `docker-compose.yml: ${name} is not in .env`),
    ...missing(Object.keys(dotEnv), used).map(
      (name) => `docker-compose.yml: it does not use ${name} of .env`,
    ),
    ...Object.entries(given).flatMap(([service, names]) => {
      const read = [...Object.keys(schemas[service]?.entries ?? {}), ...namesIn(programs[service] ?? '')];
      return missing(names, read).map(
        (name) => `docker-compose.yml: ${service} is given ${name}, which it does not read`,
      );
    }),
  ];
}

function ofSchemas({ dotEnv, given, schemas }: Places): string[] {
  return Object.entries(schemas).flatMap(([service, { entries }]) =>
    Object.entries(entries).flatMap(([name, setting]) => {
      const place = `${service === 'live-client' ? 'client/remote' : `services/${service}`}/config.ts: ${name}`;
      if (v.getMetadata(setting).inside) return name in dotEnv ? [`${place} is inside, and in .env`] : [];
      const value = dotEnv[name];
      if (value === undefined) return [`${place} is not in .env`];
      const own = v.safeParse(setting, undefined).output;
      const told = v.safeParse(setting, value === '' ? undefined : value);
      return [
        ...(given[service]?.includes(name)
          ? []
          : [`${place} is not given to ${service} by docker-compose.yml`]),
        ...(own === undefined || (told.success && isDeepStrictEqual(told.output, own))
          ? []
          : [`${place} has another default than .env, "${value}"`]),
      ];
    }),
  );
}

function ofPages({ dotEnv, reference, tables }: Places): string[] {
  const listed = reference.map(({ name }) => name);
  return [
    ...missing(Object.keys(dotEnv), listed).map((name) => `${REFERENCE}: no table has a row of ${name}`),
    ...missing(listed, [...Object.keys(dotEnv), ...besides]).map(
      (name) => `${REFERENCE}: ${name} is not in .env`,
    ),
    ...tables
      .filter(({ name }) => !(name in dotEnv || besides.includes(name)))
      .map(({ place, name }) => `${place}: ${name} is not in .env`),
    ...[...reference, ...tables].flatMap(({ place, name, value }) => {
      const own = dotEnv[name];
      if (own === undefined || value === own || value === 'set by make' || (value === 'empty' && own === ''))
        return [];
      return [`${place}: ${name} has the default "${value}", in .env it is "${own}"`];
    }),
  ];
}

function ofScripts({ choices, schemas }: Places): string[] {
  return choices.flatMap(({ place, name, value }) => {
    const setting = Object.values(schemas).flatMap(({ entries }) => entries[name] ?? [])[0];
    const [issue] = (setting && v.safeParse(setting, 'no such value').issues) ?? [];
    return issue && issue.message !== `allowed: ${value}`
      ? [`${place}: ${name} is allowed ${value}, the server says ${issue.message}`]
      : [];
  });
}

function ofMentions({ dotEnv, schemas, mentions }: Places): string[] {
  const known = new Set([
    ...Object.keys(dotEnv),
    ...Object.keys(notSettings),
    ...Object.values(schemas).flatMap(({ entries }) => Object.keys(entries)),
  ]);
  return mentions
    .filter(({ name }) => !known.has(name))
    .map(({ place, name }) => `${place}: ${name} is no setting`);
}

/** A row can have several settings, with as many defaults. */
function rowsOf(place: string, rows: readonly (readonly string[])[]): Mention[] {
  return rows.flatMap(([names = '', values = '']) => {
    const defaults = quotedIn(values);
    return quotedIn(names).map((name, at) => ({ place, name, value: defaults[at] ?? values }));
  });
}

function mentionsIn(files: Readonly<Record<string, string>>, names: (text: string) => string[]): Mention[] {
  return Object.entries(files).flatMap(([place, text]) => names(text).map((name) => ({ place, name })));
}

function missing(names: readonly string[], from: readonly string[]): string[] {
  return names.filter((name) => !from.includes(name));
}

function namesIn(text: string): string[] {
  return [...new Set(text.match(NAME))];
}

function textOf(pattern: string): string {
  return Object.values(readAll(pattern)).join('\n');
}
