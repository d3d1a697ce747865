import { basename, dirname, join } from 'node:path';
import type { Express, Request, Response } from 'express';
import * as v from 'valibot';
import { Refusal } from '#lib/live/refusal.ts';
import { Assets } from './assets.ts';
import { HOW_TO_ENTER } from './guard.ts';
import type { ReachedBy } from './hosts.ts';
import type { Doorman } from './rights.ts';

const packages = join(import.meta.dirname, '../../../node_modules');
/** The files of packages that the terminal loads, below `/terminal/packages`. */
const OF_PACKAGES: Readonly<Record<string, string>> = {
  'packages/xterm.mjs': '@xterm/xterm/lib/xterm.mjs',
  'packages/xterm.css': '@xterm/xterm/css/xterm.css',
  'packages/addon-fit.mjs': '@xterm/addon-fit/lib/addon-fit.mjs',
};

const keySchema = v.object({ key: v.optional(v.string()) });

/** How the browser reaches the server, which the guard has found out. */
export function byOf({ locals }: Response): ReachedBy {
  return locals.by;
}

/**
 * Serves the files of the page, which have no secret. A browser without a link learns how to get one.
 *
 * @param files the folder with the folders `page` and `terminal`
 */
export function servePage(app: Express, doorman: Doorman, files: string): void {
  const assets = new Assets();
  const send = async (folder: string, name: string, request: Request, response: Response) => {
    const asset = await assets.read(folder, name);
    if (!asset) throw new Refusal(404, `there is no ${request.path}`);
    response.set({ 'content-type': asset.type, etag: asset.tag, 'cache-control': 'no-cache' });
    if (request.get('if-none-match') === asset.tag) response.status(304).end();
    else response.end(asset.bytes);
  };
  app.get('/', async (request, response) => {
    const { key } = v.parse(keySchema, request.query);
    if (key !== undefined) enter(key, doorman, response);
    else if (doorman.knows(request, byOf(response)))
      await send(join(files, 'page'), 'index.html', request, response);
    else showDoor(response, 401, HOW_TO_ENTER);
  });
  app.get(['/page/*path', '/terminal/', '/terminal/*path'], async (request, response, next) => {
    if (request.path === '/terminal/shell') return next();
    if (!doorman.knows(request, byOf(response))) throw new Refusal(401, HOW_TO_ENTER);
    const [, folder = '', ...names] = request.path.split('/');
    const name = request.path === '/terminal/' ? 'index.html' : names.join('/');
    const ofPackage = folder === 'terminal' ? OF_PACKAGES[name] : undefined;
    await (ofPackage
      ? send(join(packages, dirname(ofPackage)), basename(ofPackage), request, response)
      : send(join(files, folder), name, request, response));
  });
}

function enter(key: string, doorman: Doorman, response: Response): void {
  const rights = doorman.rightsOf(key);
  if (rights === undefined) showDoor(response, 401, `this link is not valid any more; ${HOW_TO_ENTER}`);
  else if (rights === 'control elsewhere')
    showDoor(
      response,
      403,
      'the link with the controls works only at its own port, on the machine where the lab runs',
    );
  else {
    doorman.welcome(response, rights, byOf(response));
    // After a link on another page, a browser follows a redirect without the new cookies, but not a page.
    response.type('html').end(html('<meta http-equiv="refresh" content="0; url=/"><a href="/">Go on</a>'));
  }
}

/** Shows why there is no other page. */
function showDoor(response: Response, status: number, why: string): void {
  const sentence = `${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`;
  response
    .status(status)
    .type('html')
    .end(html(`<h1>wirelab</h1><p>${sentence}</p>`));
}

/** @param body text of this file, and nothing else */
function html(body: string): string {
  const head =
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>wirelab</title>';
  return `<!doctype html><html lang="en">${head}${body}</html>\n`;
}
