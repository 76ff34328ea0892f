// @ts-check
// What the keys do, and whether they do it.

import { make } from '../../dom.js';
import { SHORTCUTS, areShortcutsOn, setShortcuts } from '../../shortcuts.js';
import { strings } from '../../strings.js';
import { Dialog } from './dialog.js';

/** Opens the sheet. */
export function openHelp() {
  const words = strings.shortcuts;
  const dialog = new Dialog(words.title);
  const box = make('input', { type: 'checkbox', id: 'shortcuts-on', checked: areShortcutsOn() });
  box.addEventListener('change', () => setShortcuts(box.checked));
  dialog.body.append(
    make('p', {}, make('label', { class: 'check' }, box, ' ', words.on)),
    make('dl', { class: 'keys' }, ...SHORTCUTS.map(({ keys, action }) => make('div', {},
      make('dt', {}, ...keys.flatMap((key, index) => [...(index > 0 ? [' '] : []), make('kbd', {}, words.keys[key] ?? key.toUpperCase())])),
      make('dd', {}, words.actions[action] ?? action))), make('div', {}, make('dt', {}, make('kbd', {}, words.keys.Escape ?? '')), make('dd', {}, words.close))),
    make('p', { class: 'muted' }, words.hint));
  dialog.open();
  dialog.title.focus();
}
