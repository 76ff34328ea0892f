// @ts-check
// A dialog: a heading, what is in it, and three ways out. The browser keeps the focus inside and brings it back.

import { ApiError } from '../../api.js';
import { wordsOf } from '../../dashboard.js';
import { icon, make, setText, show } from '../../dom.js';
import { settings } from '../../settings.js';
import { strings } from '../../strings.js';

let count = 0;

/** One dialog; it is gone once it is closed. */
export class Dialog {
  /** @param {string} title @param {string} [className] */
  constructor(title, className = '') {
    const id = `dialog-${(count += 1)}`;
    this.title = make('h2', { id, tabindex: '-1' }, title);
    const close = make('button', { type: 'button', class: 'bare', 'aria-label': strings.dialogs.close }, icon('close'));
    close.addEventListener('click', () => this.root.close());
    this.body = make('div', { class: 'dialog-body' });
    this.root = make('dialog', { class: `dialog ${className}`.trim(), 'aria-labelledby': id },
      make('div', { class: 'dialog-head' }, this.title, close), this.body);
    this.root.addEventListener('close', () => this.root.remove());
    // Beside it, on what lies behind.
    this.root.addEventListener('pointerdown', (event) => event.target === this.root && !this.isEdited && this.root.close());
    /** Whether a press beside it would throw away what somebody has typed. */
    this.isEdited = false;
  }

  open() {
    document.body.append(this.root);
    this.root.showModal();
  }

  close() {
    this.root.close();
  }
}

/** What stands above a form: why nothing can be changed here, or why a change was refused. */
export class FormNotice {
  constructor() {
    this.words = make('p');
    this.actions = make('div', { class: 'actions' });
    this.root = make('div', { class: 'notice inline', role: 'alert', hidden: true }, icon('warning'), this.words, this.actions);
  }

  /** @param {string} words empty: nothing is wrong @param {'error' | 'warning'} [kind] @param {...HTMLElement} actions */
  say(words, kind = 'error', ...actions) {
    this.root.dataset.kind = kind;
    setText(this.words, words);
    this.actions.replaceChildren(...actions);
    show(this.root, words !== '');
  }

  /** Says in advance where nothing can be changed. */
  sayRights() {
    const words = strings.settings;
    if (settings.trouble) this.say(words.trouble(settings.trouble), 'warning');
    else if (!settings.isKnown) this.say(settings.problem ? wordsOf(settings.problem) : words.loading, 'warning');
    else this.say(settings.mayWrite ? '' : words.mayNot, 'warning');
  }
}

/**
 * Why a change was refused, in words.
 * @param {unknown} error
 */
export function refusalWords(error) {
  if (!(error instanceof ApiError)) return String(error);
  const words = strings.settings;
  if (error.status === 403) return error.text ? `${words.mayNotNow} ${sentence(error.text)}` : words.mayNot;
  if (error.kind === 'refused' && error.text) return words.refused(sentence(error.text));
  return `${wordsOf(error)} ${words.notSaved}`;
}

/** @param {string} text of the server, as a sentence */
function sentence(text) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/**
 * Changes something. Where the settings were changed elsewhere, and not just this, it is done again; where just this
 * was changed, somebody has to say what becomes of it.
 * @param {object} change
 * @param {(revision: number | string | null) => Promise<void>} change.run
 * @param {number | string | null} change.revision of when it was begun
 * @param {() => string} change.current what is there now, as a text
 * @param {string} change.before what was there when it was begun
 * @returns {Promise<'saved' | 'changed'>}
 */
export async function save({ run, revision, current, before }) {
  try {
    await run(revision);
    return 'saved';
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409 || error.code !== 'changed') throw error;
  }
  await settings.load();
  if (current() !== before) return 'changed';
  await run(settings.revision);
  return 'saved';
}
