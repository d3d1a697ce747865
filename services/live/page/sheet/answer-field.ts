import type { AnswerForm } from '../../contract.ts';
import type { App } from '../app.ts';
import { fieldOf, newId, problemList } from '../controls/field.ts';
import { type Child, h, setAttributes } from '../dom.ts';
import { icon } from '../icons.ts';

/** What an answer is typed into or chosen from. */
export interface AnswerField {
  readonly element: HTMLElement;
  /** As it would be typed after `make answer A=`; empty without one. */
  readonly get: () => string;
  readonly set: (answer: string) => void;
  /** The answer as a person reads it. */
  readonly named: (answer: string) => string;
  readonly refuse: (problems: readonly string[]) => void;
}

/** The longest answer, in characters. */
const LONGEST = 1_000;

export function answerFieldOf(form: AnswerForm, app: App): AnswerField {
  return form.kind === 'choice' ? choiceField(form, app) : textField(form, app);
}

type TextForm = Exclude<AnswerForm, { readonly kind: 'choice' }>;

function textField(form: TextForm, app: App): AnswerField {
  const input = h('input', {
    ...{ type: 'text', maxlength: LONGEST, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' },
    inputmode: form.kind === 'frame' ? 'numeric' : form.kind === 'value' ? 'decimal' : undefined,
  });
  const unit = form.kind === 'value' ? form.unit : undefined;
  const field = fieldOf(labelOf(form, app), input, unit === undefined ? {} : { unit });
  const set = (answer: string) => {
    input.value = answer;
  };
  return {
    element: h(
      'div',
      { class: `answer-field is-${form.kind}` },
      field.element,
      chosenButton(form, app, { set, refuse: field.refuse }),
    ),
    get: () => input.value.trim(),
    set,
    named: (answer) => answer,
    refuse: field.refuse,
  };
}

function labelOf(form: TextForm, { texts }: App): string {
  const { labels } = texts.sheet;
  return form.kind === 'frame' ? labels.frame(form.capture) : labels[form.kind];
}

/** Takes the frame number of the packet that is chosen in the ladder. The page has none of the wire's capture. */
function chosenButton(
  form: TextForm,
  { session, texts }: App,
  { set, refuse }: Pick<AnswerField, 'set' | 'refuse'>,
): Child {
  if (form.kind !== 'frame' || form.capture === 'wire') return undefined;
  const { capture } = form;
  const take = () => {
    const id = session.chosen.get();
    const packet = id === undefined ? undefined : session.packets.get(id);
    const number = packet?.frames[capture];
    if (number === undefined) refuse([packet ? texts.sheet.notCaptured(capture) : texts.sheet.chooseFirst]);
    else {
      refuse([]);
      set(String(number));
    }
  };
  return h(
    'button',
    { type: 'button', class: 'take-chosen', on: { click: take } },
    icon('follow'),
    texts.sheet.takeChosen,
  );
}

function choiceField(form: Extract<AnswerForm, { readonly kind: 'choice' }>, { texts }: App): AnswerField {
  const group = newId();
  const problems = problemList();
  const radios = form.options.map(({ name, label }) => {
    const id = newId();
    const radio = h('input', { type: 'radio', name: group, id, value: name });
    return {
      name,
      label,
      radio,
      element: h('div', { class: 'option' }, radio, h('label', { for: id }, label)),
    };
  });
  return {
    element: h(
      'fieldset',
      { class: 'answer-field choices' },
      h('legend', {}, texts.sheet.labels.choice),
      ...radios.map(({ element }) => element),
      problems.element,
    ),
    get: () => radios.find(({ radio }) => radio.checked)?.name ?? '',
    set: (answer) => {
      for (const { name, radio } of radios) radio.checked = name === answer;
    },
    named: (answer) => radios.find(({ name }) => name === answer)?.label ?? answer,
    refuse: (all) => {
      problems.show(all);
      for (const { radio } of radios)
        setAttributes(radio, { 'aria-describedby': all.length > 0 ? problems.element.id : undefined });
    },
  };
}
