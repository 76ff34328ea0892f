// @ts-check
// Single keys for what is done often. They are the page's only while nothing else wants them: not in a field, not in a
// list that the arrows move in, not with a modifier, not under a dialog; and they can be switched off.

/** @typedef {'previous' | 'next' | 'today' | 'day' | 'week' | 'month' | 'year' | 'compare' | 'find' | 'groups' | 'help'} Action */

/** @type {{ keys: string[], action: Action }[]} */
export const SHORTCUTS = [
  { keys: ['ArrowLeft'], action: 'previous' }, { keys: ['ArrowRight'], action: 'next' }, { keys: ['t'], action: 'today' },
  { keys: ['d'], action: 'day' }, { keys: ['w'], action: 'week' }, { keys: ['m'], action: 'month' }, { keys: ['y'], action: 'year' },
  { keys: ['c'], action: 'compare' }, { keys: ['/'], action: 'find' }, { keys: ['g'], action: 'groups' }, { keys: ['?'], action: 'help' },
];

/** Where it is kept that they are off. */
const OFF_KEY = 'pdu-monitor.shortcuts';

/** What the arrow keys belong to. */
const ARROWS = '[role="region"][tabindex], [role="radiogroup"], [role="slider"], [role="listbox"], fieldset, summary';

let isOff = wasOff();

/** Whether they do anything. */
export function areShortcutsOn() {
  return !isOff;
}

/** @param {boolean} isOn */
export function setShortcuts(isOn) {
  isOff = !isOn;
  try {
    if (isOn) localStorage.removeItem(OFF_KEY);
    else localStorage.setItem(OFF_KEY, 'off');
  } catch {
    // Without storage it holds until the page is closed.
  }
}

function wasOff() {
  try {
    return localStorage.getItem(OFF_KEY) === 'off';
  } catch {
    return false;
  }
}

/**
 * What a key asks for; null: nothing.
 * @param {Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'defaultPrevented'>} event
 * @param {Element | null} target
 * @returns {Action | null}
 */
export function actionOf(event, target) {
  if (isOff || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (target?.closest('input:not([type="radio"], [type="checkbox"]), textarea, select, dialog, [contenteditable]:not([contenteditable="false"])')) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key.startsWith('Arrow') && target?.closest(ARROWS)) return null;
  return SHORTCUTS.find(({ keys }) => keys.includes(key))?.action ?? null;
}

/**
 * Listens from now on.
 * @param {Partial<Record<Action, () => void>>} actions
 */
export function listenToKeys(actions) {
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) return;
    const action = actionOf(event, event.target instanceof Element ? event.target : null);
    const run = action && actions[action];
    if (!run) return;
    event.preventDefault();
    run();
  });
}
