// @ts-check
// The groups: which there are, and one of them as a form.

import { PALETTE, OTHERS, colourOfGroup, paint } from '../../colours.js';
import { icon, make, setText, show } from '../../dom.js';
import { settings } from '../../settings.js';
import { strings } from '../../strings.js';
import { ColourField } from './colour.js';
import { Dialog, FormNotice, refusalWords, save } from './dialog.js';
import { MembersField } from './members.js';

/** @typedef {import('../../settings.js').Group} Group */

/** @param {number | null} id the group to be edited; null: all are shown */
export function openGroups(id) {
  const dialog = new Dialog(strings.settings.groups, 'wide');
  const group = settings.groups.find((one) => one.id === id);
  if (group) showForm(dialog, group);
  else showList(dialog);
  dialog.open();
  dialog.title.focus();
}

/** Whether nothing can be changed here. */
function isLocked() {
  return !settings.mayWrite || settings.trouble !== null;
}

/** @param {Dialog} dialog */
function showList(dialog) {
  const words = strings.settings;
  dialog.isEdited = false;
  setText(dialog.title, words.groups);
  const notice = new FormNotice();
  notice.sayRights();
  const rows = settings.groups.map((group) => groupRow(dialog, group, notice));
  const add = make('button', { type: 'button', class: 'primary' }, icon('add'), ' ', words.newGroup);
  add.addEventListener('click', () => showForm(dialog, null));
  show(add, !isLocked());
  dialog.body.replaceChildren(notice.root,
    rows.length > 0 ? make('ul', { class: 'groups', role: 'list', 'aria-label': words.groups }, ...rows) : make('p', { class: 'muted' }, words.noGroups),
    make('div', { class: 'actions' }, add));
}

/** @param {Dialog} dialog @param {Group} group @param {FormNotice} notice */
function groupRow(dialog, group, notice) {
  const words = strings.settings;
  const edit = make('button', { type: 'button', 'aria-label': isLocked() ? words.lookAt(group.name) : words.editNamed(group.name) }, isLocked() ? words.look : words.edit);
  edit.addEventListener('click', () => showForm(dialog, group));
  const remove = make('button', { type: 'button', 'aria-label': words.removeNamed(group.name) }, words.remove);
  const actions = make('span', { class: 'actions' }, edit, ...(isLocked() ? [] : [remove]));
  remove.addEventListener('click', () => {
    const sure = make('button', { type: 'button', class: 'danger' }, words.removeSure(group.name));
    const not = make('button', { type: 'button' }, strings.dialogs.cancel);
    not.addEventListener('click', () => {
      actions.replaceChildren(edit, remove);
      remove.focus();
    });
    sure.addEventListener('click', async () => {
      sure.disabled = true;
      try {
        const before = JSON.stringify(group);
        const outcome = await save({
          run: (revision) => settings.removeGroup(group.id, revision), revision: settings.revision, before,
          current: () => JSON.stringify(settings.groups.find(({ id }) => id === group.id)),
        });
        showList(dialog);
        dialog.title.focus();
        if (outcome === 'changed') dialog.body.prepend(changedNotice(words.changedList));
      } catch (error) {
        sure.disabled = false;
        notice.say(refusalWords(error));
      }
    });
    actions.replaceChildren(sure, not);
    not.focus();
  });
  const row = make('li', {}, make('span', { class: 'swatch', 'aria-hidden': 'true' }),
    make('span', { class: 'group-words' }, make('strong', {}, group.name), ' ', make('span', { class: 'muted' }, strings.who.members(group.elements.length)),
      ...(group.description ? [make('span', { class: 'muted description' }, group.description)] : [])), actions);
  paint(row, colourOfGroup(group.id));
  return row;
}

/** @param {string} words */
function changedNotice(words) {
  const notice = new FormNotice();
  notice.say(words, 'warning');
  return notice.root;
}

/** @param {Dialog} dialog @param {Group | null} group null: a new one */
function showForm(dialog, group) {
  const words = strings.settings;
  const locked = isLocked();
  const before = JSON.stringify(group ?? undefined);
  const { revision } = settings;
  setText(dialog.title, group ? group.name : words.newGroup);
  const notice = new FormNotice();
  const name = make('input', { type: 'text', id: 'group-name', maxlength: '80', required: true, autocomplete: 'off' });
  const description = make('textarea', { id: 'group-description', maxlength: '1000', rows: '2' });
  name.value = group?.name ?? '';
  description.value = group?.description ?? '';
  const free = PALETTE.find(({ light }) => !settings.groups.some(({ colour }) => colour === light));
  const next = Math.max(0, ...settings.groups.map(({ id }) => id));
  const colour = new ColourField(group ? group.colour : free?.light ?? null, PALETTE[((group?.id ?? next + 1) - 1) % PALETTE.length] ?? OTHERS);
  const members = new MembersField(group?.elements ?? [], () => (dialog.isEdited = true));
  const submit = make('button', { type: 'submit', class: 'primary' }, words.save);
  const back = make('button', { type: 'button' }, locked ? words.backToList : strings.dialogs.cancel);
  const toList = () => {
    showList(dialog);
    dialog.title.focus();
  };
  const mine = () => ({
    id: group?.id ?? null, name: name.value.trim(), colour: colour.value, description: description.value.trim() || null, elements: [...members.chosen],
  });
  /** @param {boolean} isForced whatever somebody else has made of it */
  const store = async (isForced) => {
    submit.disabled = true;
    try {
      const run = (/** @type {number | string | null} */ at) => settings.saveGroup(mine(), at);
      const current = () => JSON.stringify(settings.groups.find(({ id }) => id === group?.id));
      if (isForced) await run(settings.revision);
      else if (await save({ run, revision, before, current }) === 'changed') return askWhat();
      toList();
    } catch (error) {
      notice.say(refusalWords(error));
    } finally {
      submit.disabled = false;
    }
  };
  const askWhat = () => {
    const now = settings.groups.find(({ id }) => id === group?.id);
    if (!now) {
      const anew = make('button', { type: 'button' }, words.saveAnew);
      anew.addEventListener('click', () => {
        group = null;
        void store(true);
      });
      return notice.say(words.gone, 'warning', anew);
    }
    const anyway = make('button', { type: 'button' }, words.saveMine);
    anyway.addEventListener('click', () => void store(true));
    const theirs = make('button', { type: 'button' }, words.takeTheirs);
    theirs.addEventListener('click', () => showForm(dialog, now));
    notice.say(words.changed(words.groupWords(now.name, now.elements.length)), 'warning', anyway, theirs);
  };
  const form = make('form', { class: 'form' }, notice.root,
    make('div', { class: 'field' }, make('label', { for: 'group-name' }, words.name), name),
    make('div', { class: 'field' }, make('label', { for: 'group-description' }, words.description), description),
    colour.root, members.root, make('div', { class: 'actions' }, submit, back));
  form.addEventListener('input', (event) => (dialog.isEdited ||= event.target !== members.search));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void store(false);
  });
  back.addEventListener('click', toList);
  notice.sayRights();
  name.readOnly = description.readOnly = locked;
  colour.root.disabled = members.isLocked = locked;
  show(submit, !locked);
  dialog.body.replaceChildren(form);
  void members.load();
  (locked ? dialog.title : name).focus();
}
