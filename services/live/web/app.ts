import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import * as v from 'valibot';
import { hosts } from '#lib/lab/hosts.ts';
import { Refusal } from '#lib/live/refusal.ts';
import { LONGEST_BODY } from '#lib/live/remote.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Hello, LivePacket, Rights } from '../contract.ts';
import type { History } from '../feed/feed.ts';
import type { Controls } from './controls.ts';
import type { Filters } from './filters.ts';
import { cameByRightWay, hasRights } from './guard.ts';
import { headersOf } from './headers.ts';
import type { Reachable } from './hosts.ts';
import { byOf, servePage } from './page.ts';
import { refusalOf } from './refused.ts';
import type { Doorman } from './rights.ts';
import type { Runs } from './runs.ts';
import type { Asker } from './shares.ts';
import type { SheetOfRun } from './sheet/sheet-of-run.ts';
import type { Streams } from './streams/streams.ts';
import type { Details, Loaded } from './wireshark/details.ts';

export interface AppParts {
  readonly reachable: Reachable;
  /** Whether this is the port of a class, whose clients have shares. */
  readonly isForClass: boolean;
  readonly doorman: Doorman;
  /** The folder with the folders `page` and `terminal`. */
  readonly files: string;
  readonly history: History;
  readonly streams: Streams;
  readonly details: Details;
  readonly filters: Filters<Loaded>;
  readonly controls: Controls;
  readonly runs: Runs;
  readonly sheet: SheetOfRun;
  /** What a page with these rights learns first. */
  readonly hello: (rights: Rights) => Omit<Hello, 'instance' | 'isContinued'>;
  readonly log: Log;
}

/** Packets of an answer to `GET /packets`. */
const MOST_PACKETS = 2_000;

const number = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, `allowed: a whole number from ${least} to ${most}`),
    v.transform(Number),
    v.integer(),
    v.minValue(least, `allowed: a whole number from ${least} to ${most}`),
    v.maxValue(most, `allowed: a whole number from ${least} to ${most}`),
  );
const filter = v.optional(v.string());
const eventsSchema = v.object({ filter });
const filterSchema = v.object({ filter: v.optional(v.string(), '') });
const packetsSchema = v.object({
  before: v.optional(number(1, Number.MAX_SAFE_INTEGER)),
  after: v.optional(number(0, Number.MAX_SAFE_INTEGER)),
  count: v.optional(number(1, MOST_PACKETS)),
  filter,
});
const idSchema = v.object({ id: number(1, Number.MAX_SAFE_INTEGER) });
const hostSchema = v.object({ host: v.optional(v.picklist(hosts, `allowed: ${hosts.join(', ')}`)) });

/** Everything that the server answers to a browser. It does not listen yet. */
export function createApp(parts: AppParts): RequestListener {
  const { doorman, log } = parts;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('strict routing').enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.use((request, response, next) => {
    response.set(headersOf(request.path));
    response.locals.by = cameByRightWay(request, parts.reachable);
    next();
  });
  servePage(app, doorman, parts.files);
  const may = (needed: Rights): RequestHandler => {
    return (request, response, next) => {
      response.locals.rights = hasRights(request, byOf(response), { doorman, needed });
      next();
    };
  };
  servePackets(app, parts, may('view'));
  const changing = changingOf(parts, may('control'));
  serveControls(app, parts, { may, changing });
  serveSheet(app, parts, { may, changing });
  app.use((request) => {
    throw new Refusal(404, `${request.method} ${request.path} is not known`);
  });
  app.use(((error, _request, response, _next) => {
    const refusal = refusalOf(error);
    if (!refusal) log.error(`a request failed: ${error instanceof Error ? error.stack : error}`);
    if (response.headersSent) response.destroy();
    else
      response
        .status(refusal?.status ?? 500)
        .json({ problems: refusal?.problems ?? ['the server has failed; make logs shows why'] });
  }) satisfies ErrorRequestHandler);
  return app;
}

function servePackets(
  app: express.Express,
  { history, streams, details, filters, hello, isForClass }: AppParts,
  mayView: RequestHandler,
): void {
  const askerOf = ({ socket }: Request, { locals }: Response): Asker => ({
    ...{ rights: locals.rights, client: isForClass ? socket.remoteAddress : undefined },
  });
  app.get('/events', mayView, async (request, response) => {
    const { filter } = v.parse(eventsSchema, request.query);
    const asker = askerOf(request, response);
    if (filter !== undefined) await filters.mustBeValid(filter, asker);
    streams.open({
      response,
      asker,
      filter,
      lastEventId: request.get('last-event-id'),
      hello: hello(response.locals.rights),
    });
  });
  app.get('/packets', mayView, async (request, response) => {
    const { before, after, count = MOST_PACKETS, filter } = v.parse(packetsSchema, request.query);
    if (before !== undefined && after !== undefined)
      throw new Refusal(400, 'before and after are both given; allowed: one of them');
    const from = <Kind>(packets: {
      before(id: number, most: number): readonly Kind[];
      after(id: number, most: number): readonly Kind[];
    }) =>
      after === undefined
        ? packets.before(before ?? Number.MAX_SAFE_INTEGER, count)
        : packets.after(after, count);
    if (filter === undefined) {
      response.json(from(history).map(({ packet }) => packet));
      return;
    }
    const asker = askerOf(request, response);
    await filters.mustBeValid(filter, asker);
    if (response.destroyed) return;
    response.json(await streams.withFilter(filter, asker, from<LivePacket>));
  });
  app.get('/packets/:id', mayView, async (request, response) => {
    const { id } = v.parse(idSchema, request.params);
    const { host } = v.parse(hostSchema, request.query);
    const detail = await details.of(id, host, askerOf(request, response));
    if (!detail)
      throw new Refusal(
        404,
        `packet ${id} is not kept${host === undefined ? '' : `, or the ${host} host did not capture it`}`,
      );
    response.json(detail);
  });
  app.get('/filters', mayView, async (request, response) => {
    const { filter: typed } = v.parse(filterSchema, request.query);
    response.json(await filters.check(typed, askerOf(request, response)));
  });
}

/** What a request must pass that changes something. */
function changingOf({ hello }: AppParts, mayControl: RequestHandler): readonly RequestHandler[] {
  const isJson: RequestHandler = (request, _response, next) => {
    if (!request.is('application/json'))
      throw new Refusal(415, 'a body must be JSON, with content-type: application/json');
    next();
  };
  const isOfLab: RequestHandler = (_request, _response, next) => {
    if (!hello('control').hasCommands)
      throw new Refusal(409, 'this page plays an earlier run, in which nothing can be changed');
    next();
  };
  return [mayControl, isOfLab, isJson, express.json({ limit: LONGEST_BODY })];
}

/** Who may do what. */
interface Allowed {
  readonly may: (needed: Rights) => RequestHandler;
  readonly changing: readonly RequestHandler[];
}

function serveControls(app: express.Express, { controls, runs }: AppParts, { may, changing }: Allowed): void {
  app.get('/controls', may('view'), async (_request, response) => {
    response.json(await controls.status());
  });
  app.post('/controls/faults', ...changing, async (request, response) => {
    response.json(await controls.changeFaults(request.body));
  });
  app.post('/controls/wire', ...changing, async (request, response) => {
    response.json(await controls.changeWire(request.body));
  });
  app.post('/runs', ...changing, async (request, response) => {
    response.json(await runs.start(request.body));
  });
  app.delete('/runs/:id', may('control'), (request, response) => {
    const { id } = v.parse(idSchema, request.params);
    if (!runs.end(id)) throw new Refusal(404, `run ${id} does not run`);
    response.status(204).end();
  });
}

/** The sheet and the answers are the student's own: who looks with a link for a class does not see them. */
function serveSheet(app: express.Express, { sheet }: AppParts, { may, changing }: Allowed): void {
  app.get('/sheet', may('control'), async (_request, response) => {
    response.json(await sheet.show());
  });
  app.get('/sheet/results', may('control'), async (_request, response) => {
    response.json(await sheet.results());
  });
  app.post('/sheet/answers', ...changing, async (request, response) => {
    response.json(await sheet.answer(request.body));
  });
}
