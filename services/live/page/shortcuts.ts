import { isForField } from './dom.ts';

/** What single keys do. */
export type Actions = Readonly<Record<string, () => void>>;

/** Listens to keys, unless somebody writes in a field or has turned single keys off. */
export function listenToKeys(actions: Actions, isOn: () => boolean): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      actions.Escape?.();
      return;
    }
    if (!isOn() || isForField(event) || isForButton(event)) return;
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (!action || document.querySelector('dialog:modal')) return;
    event.preventDefault();
    action();
  });
}

/** A button takes the space bar for itself, and so does a box that is checked by it. */
function isForButton({ key, target }: KeyboardEvent): boolean {
  return (
    key === ' ' &&
    target instanceof Element &&
    target.closest('button, summary, a, input, [role=tab], [role=tree]') !== null
  );
}
