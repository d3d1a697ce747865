import type { LivePacket } from '../contract.ts';
import type { App } from './app.ts';
import { Ask } from './ask.ts';
import { setText } from './dom.ts';
import { Frames } from './frames.ts';
import { Figures } from './model/figures.ts';
import { readMoment } from './model/moment.ts';
import { type From, Session } from './model/session.ts';
import { Value } from './model/value.ts';
import { Page } from './page.ts';
import { Preferences } from './preferences.ts';
import { openStream } from './stream.ts';
import { languageOf, languages } from './texts/texts.ts';

/*
 * The page of the live view: puts its parts together, and opens the stream of events.
 */

const preferences = new Preferences();
const language = languageOf(preferences.get('language'), navigator.languages);
const texts = languages[language]!;
document.documentElement.lang = language;
const theme = preferences.get('theme');
if (theme !== undefined) document.documentElement.dataset.theme = theme;

const moment = readMoment(location.hash);
const filter = new Value(moment.filter ?? '');
const stillness = matchMedia('(prefers-reduced-motion: reduce)');
const voices = { polite: document.querySelector('#news')!, own: document.querySelector('#done')! };
/** How long a sentence about what somebody has just done is shown. */
const SHOWN_MS = 4_000;
let silence: ReturnType<typeof setTimeout> | undefined;
const ask = new Ask(texts.unreachable);

const session = new Session({
  ask: (from, count) => {
    const wanted = new URLSearchParams({ ...placeOf(from), count: String(count) });
    if (filter.get() !== '') wanted.set('filter', filter.get());
    return ask.get<readonly LivePacket[]>(`/packets?${wanted}`);
  },
  isFiltered: () => filter.get() !== '',
  now: () => Date.now() / 1000,
  say: (text) => setText(voices.polite, text),
  isStill: () => stillness.matches,
});
if (moment.speed !== undefined) session.speed.set(moment.speed);

const app: App = {
  session,
  texts,
  figures: new Figures(language),
  ask,
  frames: new Frames(),
  preferences,
  filter,
  isProjector: new Value(preferences.get('projector') === 'on'),
  isStill: () => stillness.matches,
  say: (text) => {
    setText(voices.own, text);
    clearTimeout(silence);
    silence = setTimeout(() => setText(voices.own, ''), SHOWN_MS);
  },
};
app.isProjector.watch((is) => preferences.set('projector', is ? 'on' : 'off'));

const page = new Page(app, language);
page.mount(document.querySelector('#page')!);

let close = () => {};
filter.watch((text) => {
  close();
  close = openStream(text, {
    receivers: session.receivers,
    tell: (connection) => session.connection.set(connection),
    onDeclined: ({ problems }) => {
      if (text === '') session.declined.set(problems);
      else page.refuseFilter(problems);
    },
  });
});

function placeOf(from: From): Readonly<Record<string, string>> {
  return 'before' in from ? { before: String(from.before) } : { after: String(from.after) };
}

/** The packet of the link is opened as soon as its server is known. */
const stop = session.hello.watch((hello) => {
  if (!hello || moment.packet === undefined) return;
  const { packet } = moment;
  queueMicrotask(() => stop());
  page.open(packet);
});

app.frames.add((seconds, now) => {
  session.advance(seconds);
  page.draw(now);
});
app.frames.start();
