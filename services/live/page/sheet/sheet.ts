import type { LiveSheet, SheetPart, SheetResults } from '../../contract.ts';
import type { App } from '../app.ts';
import { RefusedError, sentencesOf } from '../ask.ts';
import { problemList } from '../controls/field.ts';
import { fill, h, setText } from '../dom.ts';
import { icon } from '../icons.ts';
import { Value } from '../model/value.ts';
import { proseOf } from './prose.ts';
import { Question } from './question.ts';

/** The student's sheet: its prose, a form for each question, and what is done. Only the link with the controls has it. */
export class SheetPanel {
  readonly element = h('div', { class: 'sheet' });
  /** Whether the run belongs to a sheet. */
  readonly isThere = new Value(false);
  readonly #app: App;
  readonly #select: (packet: number) => void;
  readonly #problems = problemList();
  readonly #score = h('p', { class: 'score', role: 'status' });
  #questions: ReadonlyMap<string, Question> = new Map();
  #shown = '';
  #isChecking = false;

  /** @param select shows a packet in the ladder */
  constructor(app: App, select: (packet: number) => void) {
    this.#app = app;
    this.#select = select;
    app.session.hello.watch((hello) => {
      if (hello?.rights === 'control') void this.#load();
      else this.isThere.set(false);
    });
  }

  async #load(): Promise<void> {
    try {
      const sheet = await this.#app.ask.get<LiveSheet | null>('/sheet');
      if (sheet) this.#show(sheet);
      this.isThere.set(sheet !== null);
    } catch (error) {
      // A server that can't be reached greets again.
      if (!(error instanceof RefusedError) || error.status === undefined) return;
      this.#shown = '';
      const problems = error.problems.map((problem) => h('p', { class: 'problem' }, problem));
      fill(this.element, h('h2', {}, this.#app.texts.tabs.sheet), ...problems);
      this.isThere.set(true);
    }
  }

  /** Makes the sheet, unless it is the same as before: somebody may be typing in it. */
  #show(sheet: LiveSheet): void {
    const shown = JSON.stringify({ ...sheet, parts: sheet.parts.map(withoutAnswers) });
    if (shown === this.#shown) return;
    this.#shown = shown;
    const questions = new Map<string, Question>();
    const { isReadOnly, parts } = sheet;
    const sections = parts.map(({ nodes, questions: asked }) => {
      const forms = asked.map((question) => {
        const one = new Question(this.#app, question, { isReadOnly, select: this.#select });
        questions.set(question.id, one);
        return one.element;
      });
      const prose = h('div', { class: 'prose', lang: sheet.language }, ...proseOf(nodes));
      return h('section', { class: asked.length > 0 ? 'card sheet-part' : 'sheet-part' }, prose, ...forms);
    });
    this.#questions = questions;
    fill(this.element, this.#who(sheet), ...sections, this.#bar());
  }

  #who({ course, isReadOnly, minutes, parts, student }: LiveSheet): HTMLElement {
    const { texts } = this.#app;
    const points = parts.flatMap(({ questions }) => questions).reduce((sum, one) => sum + one.points, 0);
    const facts = [student, course, texts.sheet.minutes(minutes), texts.sheet.points(points)];
    return h(
      'div',
      { class: 'who' },
      ...facts.filter((fact) => fact !== '').map((fact) => h('span', {}, fact)),
      isReadOnly && h('span', {}, texts.sheet.readOnly),
    );
  }

  #bar(): HTMLElement {
    const { texts } = this.#app;
    const check = h(
      'button',
      { type: 'button', class: 'primary check-sheet', on: { click: () => void this.#check() } },
      icon('check'),
      texts.sheet.check,
    );
    return h('div', { class: 'sheet-bar' }, check, this.#score, this.#problems.element);
  }

  /** Keeps what was typed and not kept yet, then asks what is done. */
  async #check(): Promise<void> {
    const { ask, texts } = this.#app;
    if (this.#isChecking) return;
    this.#isChecking = true;
    this.#problems.show([]);
    fill(this.#score, h('span', { class: 'spinner', 'aria-hidden': 'true' }), texts.sheet.checking);
    try {
      for (const question of this.#questions.values()) if (question.isChanged) await question.keep();
      const { points, results, scored } = await ask.get<SheetResults>('/sheet/results');
      for (const result of results) this.#questions.get(result.question)?.show(result);
      setText(this.#score, texts.sheet.scored(scored, points));
    } catch (error) {
      this.#score.replaceChildren();
      this.#problems.show(sentencesOf(error));
    } finally {
      this.#isChecking = false;
    }
  }
}

function withoutAnswers({ nodes, questions }: SheetPart): SheetPart {
  return { nodes, questions: questions.map(({ answer: _, ...question }) => question) };
}
