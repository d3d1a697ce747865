import type { App } from './app.ts';
import { iconButton } from './buttons.ts';
import { h, setAttributes, setText } from './dom.ts';
import { icon } from './icons.ts';
import type { Connection } from './model/session.ts';
import { languages } from './texts/texts.ts';

export interface HeaderActions {
  readonly projector: () => void;
  /** @param isScalable an SVG in place of a PNG */
  readonly picture: (isScalable: boolean) => void;
  readonly link: () => void;
  readonly theme: () => void;
  readonly help: () => void;
  readonly language: (language: string) => void;
}

/** The name of the page, its state, and what one can do with it. */
export class Header {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #state = h('span', {});
  readonly #pill = h(
    'p',
    { class: 'state', role: 'status' },
    h('span', { class: 'dot', 'aria-hidden': 'true' }),
    this.#state,
  );

  constructor(app: App, language: string, actions: HeaderActions) {
    this.#app = app;
    const { bar } = app.texts;
    const projector = iconButton('projector', bar.projector, actions.projector, { kind: 'for-projector' });
    app.isProjector.watch((is) => setAttributes(projector, { 'aria-pressed': String(is) }));
    const choice = h(
      'select',
      {
        'aria-label': bar.language,
        title: bar.language,
        on: { change: () => actions.language(choice.value) },
      },
      ...Object.entries(languages).map(([code, texts]) =>
        h('option', { value: code, lang: code }, texts.language),
      ),
    );
    choice.value = language;
    this.element = h(
      'header',
      { class: 'bar' },
      h('h1', {}, h('span', { class: 'brand' }, 'wirelab')),
      this.#pill,
      h('span', { class: 'grow' }),
      h(
        'div',
        { class: 'tools', role: 'toolbar', 'aria-label': bar.tools },
        h('label', { class: 'language' }, icon('language'), choice),
        iconButton('theme', bar.theme, actions.theme, { kind: 'theme' }),
        iconButton('picture', bar.picture, ({ shiftKey }) => actions.picture(shiftKey), {
          kind: 'picture-button',
        }),
        iconButton('link', bar.link, actions.link, { kind: 'link-button' }),
        projector,
        iconButton('help', bar.help, actions.help),
      ),
    );
    app.session.connection.watch(() => this.show());
    app.session.hello.watch(() => this.show());
    app.session.end.watch(() => this.show());
  }

  show(): void {
    const { session, texts } = this.#app;
    const connection = session.connection.get();
    setText(this.#state, this.#textOf(connection));
    setAttributes(this.#pill, {
      class: `state is-${session.isPlayed && connection === 'open' ? 'played' : connection}`,
    });
    document.title = `${this.#textOf(connection)} · ${texts.title}`;
  }

  #textOf(connection: Connection): string {
    const { session, texts } = this.#app;
    const { played, name } = session.hello.get() ?? {};
    if (connection !== 'open') return texts.state[connection];
    if (played === undefined) return name === undefined ? texts.state.open : `${texts.state.open} · ${name}`;
    return session.isRead
      ? texts.state.played(name ?? played.split('/').at(-1) ?? played)
      : texts.state.reading;
  }
}
