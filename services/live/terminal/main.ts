import { Preferences } from '../page/preferences.ts';
import { languageOf, languages } from '../page/texts/texts.ts';
import { Bar } from './bar.ts';
import { Link } from './link.ts';
import { Screen } from './screen.ts';
import { themes } from './themes.ts';

const preferences = new Preferences();
const language = languageOf(preferences.get('language'), navigator.languages);
const texts = languages[language]!.terminal;
document.documentElement.lang = language;
document.title = texts.name;
document.querySelector('#name')!.textContent = texts.name;

const screen = new Screen(document.querySelector('#screen')!, texts);
const bar = new Bar(document.querySelector('#bar')!, texts);
const address = new URL('shell', location.href);
address.protocol = address.protocol.replace('http', 'ws');
const link = new Link(
  {
    open: () => new WebSocket(address),
    show: (bytes, shown) => screen.write(bytes, shown),
    onState(state) {
      bar.show(state);
      if (state.is === 'open') screen.begin();
    },
  },
  screen.size,
);

const isDark = matchMedia('(prefers-color-scheme: dark)');
/** The page around this one keeps what a reader has chosen where both can read it. */
function look(): void {
  const chosen = preferences.get('theme');
  const theme = chosen === 'light' || chosen === 'dark' ? chosen : isDark.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme;
  const isLarge = preferences.get('projector') === 'on';
  screen.look(themes[theme], isLarge ? 'large' : innerWidth < 480 ? 'small' : 'middle');
}
addEventListener('storage', look);
addEventListener('resize', look);
isDark.addEventListener('change', look);

screen.onTyped = (typed) => {
  // Enter, and nothing else.
  if (link.isOver && typed === '\r') link.connect();
  else if (!link.type(typed)) bar.say(texts.tooLong);
};
screen.onBinary = (bytes) => link.typeBytes(bytes);
screen.onSize = (size) => link.resize(size);
screen.onLeave = () => bar.focus();
bar.onReader = (isOn) => {
  preferences.set('reader', isOn ? 'on' : 'off');
  screen.isForReader = isOn;
};
bar.isForReader = preferences.get('reader') === 'on';
screen.isForReader = bar.isForReader;
look();
link.connect();
