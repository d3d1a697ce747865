import type { KeptAnswer, SheetQuestion, SheetResult } from '../../contract.ts';
import type { App } from '../app.ts';
import { sentencesOf } from '../ask.ts';
import { h, setText } from '../dom.ts';
import { type AnswerField, answerFieldOf } from './answer-field.ts';
import { resultOf } from './result.ts';

export interface QuestionParts {
  /** A run that is played takes no answers. */
  readonly isReadOnly: boolean;
  /** Shows a packet in the ladder. */
  readonly select: (packet: number) => void;
}

/** The form of a question, what was answered, and what the check says. */
export class Question {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #id: string;
  readonly #parts: QuestionParts;
  readonly #field: AnswerField | undefined;
  readonly #note = h('p', { class: 'kept' });
  readonly #result = h('div', {});
  #kept = '';
  /** The button stays enabled, because one that is disabled loses the focus. */
  #isKeeping = false;

  constructor(app: App, { answer = '', form, id }: SheetQuestion, parts: QuestionParts) {
    this.#app = app;
    this.#id = id;
    this.#parts = parts;
    this.#field = form && answerFieldOf(form, app);
    const name = app.texts.sheet.question(id);
    this.element =
      this.#field && !parts.isReadOnly
        ? this.#formOf(this.#field, name)
        : h('section', { 'aria-label': name }, this.#note, this.#result);
    this.element.classList.add('question');
    this.element.dataset.question = id;
    this.#take(answer);
  }

  /** Whether somebody has typed or chosen something that is not kept. */
  get isChanged(): boolean {
    const answer = this.#field?.get() ?? '';
    return !this.#parts.isReadOnly && answer !== '' && answer !== this.#kept;
  }

  /** Keeps what was typed or chosen. A refusal is shown beside it. */
  async keep(): Promise<void> {
    const { ask, say, texts } = this.#app;
    const field = this.#field;
    if (!field || this.#isKeeping) return;
    field.refuse([]);
    this.#isKeeping = true;
    try {
      const body = { question: this.#id, answer: field.get() };
      const { answer } = await ask.get<KeptAnswer>('/sheet/answers', { method: 'POST', body });
      this.#take(answer);
      this.#result.replaceChildren();
      say(texts.sheet.keptFor(this.#id, field.named(answer)));
    } catch (error) {
      field.refuse(sentencesOf(error));
    } finally {
      this.#isKeeping = false;
    }
  }

  show(result: SheetResult): void {
    // Somebody may have answered in a terminal meanwhile.
    if (result.answer !== undefined && !this.isChanged) this.#take(result.answer);
    this.#result.replaceChildren(resultOf(result, this.#app, this.#parts.select));
  }

  #formOf(field: AnswerField, name: string): HTMLElement {
    const submit = (event: Event) => {
      event.preventDefault();
      void this.keep();
    };
    return h(
      'form',
      // A refusal is of the answer before.
      { 'aria-label': name, on: { submit, input: () => field.refuse([]) } },
      field.element,
      h('div', { class: 'keep' }, h('button', { type: 'submit' }, this.#app.texts.sheet.keep), this.#note),
      this.#result,
    );
  }

  #take(answer: string): void {
    this.#kept = answer;
    if (answer === '') return;
    this.#field?.set(answer);
    setText(this.#note, this.#app.texts.sheet.kept(this.#field?.named(answer) ?? answer));
  }
}
