// @ts-check
// Label, note and colour of a PDU or of a part of one.

import { PALETTE, OTHERS } from '../../colours.js';
import { make, setText, show } from '../../dom.js';
import { settings } from '../../settings.js';
import { strings } from '../../strings.js';
import { ColourField } from './colour.js';
import { Dialog, FormNotice, refusalWords, save } from './dialog.js';

/** @param {{ id: number, name: string, place: string }} element */
export function openElement({ id, name, place }) {
  const words = strings.settings;
  const own = settings.of(id);
  const before = JSON.stringify(own);
  const { revision } = settings;
  const dialog = new Dialog(words.elementTitle(own.label ?? name));
  const notice = new FormNotice();
  const label = make('input', { type: 'text', id: 'element-label', maxlength: '80', autocomplete: 'off', 'aria-describedby': 'element-hint' });
  const note = make('textarea', { id: 'element-note', maxlength: '1000', rows: '3' });
  label.value = own.label ?? '';
  label.placeholder = name;
  note.value = own.note ?? '';
  const colour = new ColourField(own.colour, PALETTE[(id - 1) % PALETTE.length] ?? OTHERS);
  const submit = make('button', { type: 'submit', class: 'primary' }, words.save);
  const cancel = make('button', { type: 'button' }, strings.dialogs.cancel);
  const form = make('form', { class: 'form' },
    make('p', { class: 'muted', id: 'element-hint' }, words.elementHint(name, place)), notice.root,
    make('div', { class: 'field' }, make('label', { for: 'element-label' }, words.label), label),
    make('div', { class: 'field' }, make('label', { for: 'element-note' }, words.note), note),
    colour.root, make('div', { class: 'actions' }, submit, cancel));
  const mine = () => ({ label: label.value.trim() || null, note: note.value.trim() || null, colour: colour.value });
  /** @param {boolean} isForced whatever somebody else has made of it */
  const store = async (isForced) => {
    submit.disabled = true;
    try {
      const run = (/** @type {number | string | null} */ at) => settings.saveElement(id, mine(), at);
      const outcome = isForced ? await run(settings.revision)
        : await save({ run, revision, before, current: () => JSON.stringify(settings.of(id)) });
      if (outcome !== 'changed') return dialog.close();
      notice.say(words.changed(words.ownWords(settings.of(id).label ?? name, settings.of(id).note)), 'warning', ...choices());
    } catch (error) {
      notice.say(refusalWords(error));
    } finally {
      submit.disabled = false;
    }
  };
  const choices = () => {
    const anyway = make('button', { type: 'button' }, words.saveMine);
    anyway.addEventListener('click', () => void store(true));
    const theirs = make('button', { type: 'button' }, words.takeTheirs);
    theirs.addEventListener('click', () => {
      dialog.close();
      openElement({ id, name, place });
    });
    return [anyway, theirs];
  };
  form.addEventListener('input', () => (dialog.isEdited = true));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void store(false);
  });
  cancel.addEventListener('click', () => dialog.close());
  notice.sayRights();
  const isLocked = !settings.mayWrite || settings.trouble !== null;
  for (const control of [label, note]) control.readOnly = isLocked;
  colour.root.disabled = isLocked;
  show(submit, !isLocked);
  setText(cancel, isLocked ? strings.dialogs.close : strings.dialogs.cancel);
  dialog.body.append(form);
  dialog.open();
  (isLocked ? dialog.title : label).focus();
}
