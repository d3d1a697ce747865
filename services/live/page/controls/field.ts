import { h, setAttributes } from '../dom.ts';

/** A labelled control, with room for the sentences of a refusal beside it. */
export interface Field {
  readonly element: HTMLElement;
  /** Shows problems, or none. */
  readonly refuse: (problems: readonly string[]) => void;
}

/** An id that no other element has. */
export function newId(): string {
  return `field-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
}

export function fieldOf(
  label: string,
  control: HTMLInputElement | HTMLSelectElement,
  { unit, hint, kind = '' }: { readonly unit?: string; readonly hint?: string; readonly kind?: string } = {},
): Field {
  const id = newId();
  const problems = problemList();
  control.id = id;
  const hintId = `${id}-hint`;
  setAttributes(control, {
    'aria-describedby': hint ? `${hintId} ${problems.element.id}` : problems.element.id,
  });
  const element = h(
    'div',
    { class: `field ${kind}` },
    h('label', { for: id }, label),
    h('span', { class: 'control' }, control, unit !== undefined && h('span', { class: 'unit' }, unit)),
    hint !== undefined && h('p', { class: 'hint', id: hintId }, hint),
    problems.element,
  );
  return {
    element,
    refuse: (all) => {
      problems.show(all);
      setAttributes(control, { 'aria-invalid': all.length > 0 ? 'true' : undefined });
    },
  };
}

/** Sentences of a refusal; a screen reader says them at once. */
export function problemList(): {
  readonly element: HTMLElement;
  readonly show: (problems: readonly string[]) => void;
} {
  const element = h('div', { class: 'problems', id: newId(), role: 'status' });
  return {
    element,
    show: (problems) =>
      element.replaceChildren(...problems.map((problem) => h('p', { class: 'problem' }, problem))),
  };
}

export interface SliderParts {
  readonly label: string;
  readonly most: number;
  readonly step: number;
  /** The text beside it, for a value. */
  readonly format: (value: number) => string;
  /** While it moves. */
  readonly onMove?: (value: number) => void;
  /** When it is let go. */
  readonly onChange: (value: number) => void;
}

export interface Slider {
  readonly element: HTMLElement;
  readonly set: (value: number) => void;
  readonly note: (text: string) => void;
  /** Whether somebody moves it now. */
  readonly isHeld: () => boolean;
}

export function sliderOf({ label, most, step, format, onMove, onChange }: SliderParts): Slider {
  const id = newId();
  const output = h('output', { for: id });
  const note = h('span', { class: 'seen' });
  let isHeld = false;
  const value = () => Number(input.value);
  const show = (shown: number) => {
    output.textContent = format(shown);
    setAttributes(input, { 'aria-valuetext': format(shown) });
    input.style.setProperty('--share', String(shown / most));
  };
  const input = h('input', {
    type: 'range',
    id,
    min: 0,
    max: most,
    step,
    on: {
      input: () => {
        isHeld = true;
        show(value());
        onMove?.(value());
      },
      change: () => {
        isHeld = false;
        onChange(value());
      },
    },
  });
  return {
    element: h('div', { class: 'slider' }, h('label', { for: id }, label), input, output, note),
    set: (next) => {
      input.value = String(next);
      // The browser rounds the value of the slider to a step.
      show(next);
    },
    note: (text) => {
      if (note.textContent !== text) note.textContent = text;
    },
    isHeld: () => isHeld,
  };
}

/** A few choices of which one is taken. */
export function choiceOf<Name extends string>(
  label: string,
  options: readonly { readonly name: Name; readonly label: string }[],
  choose: (name: Name) => void,
): { readonly element: HTMLElement; readonly show: (name: Name) => void } {
  const buttons = new Map(
    options.map(({ name, label: text }) => [
      name,
      h('button', { type: 'button', 'data-choice': name, on: { click: () => pick(name) } }, text),
    ]),
  );
  const show = (chosen: Name) => {
    for (const [name, button] of buttons) setAttributes(button, { 'aria-pressed': String(name === chosen) });
  };
  const pick = (name: Name) => {
    show(name);
    choose(name);
  };
  return {
    element: h('div', { class: 'segmented', role: 'group', 'aria-label': label }, ...buttons.values()),
    show,
  };
}
