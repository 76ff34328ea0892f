// @ts-check
// The way to dialogs, which are fetched when somebody opens one.

import { announce, make, style } from '../../dom.js';
import { strings } from '../../strings.js';

/**
 * Why an energy is the number it is.
 * @param {import('./explain.js').Question} question
 */
export function explain(question) {
  void opened(import('./explain.js'), (module) => module.openExplain(question));
}

/**
 * Label, note and colour of an element.
 * @param {{ id: number, name: string, place: string }} element as the device names it, and where it is
 */
export function editElement(element) {
  void opened(import('./element.js'), (module) => module.openElement(element));
}

/**
 * The groups.
 * @param {number | null} id the one to be edited; null: all of them
 */
export function editGroups(id) {
  void opened(import('./groups.js'), (module) => module.openGroups(id));
}

/**
 * What happened at one place of the chart.
 * @param {import('./events.js').Shown} shown
 */
export function showEvents(shown) {
  void opened(import('./events.js'), (module) => module.openEvents(shown));
}

/** What the keys do. */
export function help() {
  void opened(import('./help.js'), (module) => module.openHelp());
}

/**
 * @template Module
 * @param {Promise<Module>} fetching
 * @param {(module: Module) => void} open
 */
async function opened(fetching, open) {
  try {
    const [module] = await Promise.all([fetching, style('css/dialogs.css')]);
    open(module);
  } catch (error) {
    console.error(error);
    const root = make('dialog', { class: 'dialog', 'aria-label': strings.dialogs.failed });
    const close = make('button', { type: 'button' }, strings.dialogs.close);
    close.addEventListener('click', () => root.remove());
    root.append(make('p', {}, strings.dialogs.failed), close);
    document.body.append(root);
    root.showModal();
    announce(strings.dialogs.failed);
  }
}
