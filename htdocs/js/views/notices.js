// @ts-check
// What stands above everything when something is not as it should be: one notice for each condition, the same
// element as long as the condition lasts.

import { byId, icon, make, setText } from '../dom.js';
import { strings } from '../strings.js';

/**
 * @typedef {object} Notice
 * @property {string} id one for each condition
 * @property {'error' | 'warning' | 'info'} kind
 * @property {string} title
 * @property {string} [text]
 * @property {string} [command] to be typed by somebody
 * @property {{ label: string, run: () => void }} [action]
 */

/** @typedef {{ root: HTMLElement, title: HTMLElement, text: HTMLElement, command: HTMLElement }} Place */

/** @type {Map<string, Place>} */
const shown = new Map();

/**
 * Shows these notices and no others.
 * @param {Notice[]} notices
 */
export function renderNotices(notices) {
  for (const [id, place] of shown) {
    if (!notices.some((notice) => notice.id === id)) {
      place.root.remove();
      shown.delete(id);
    }
  }
  for (const notice of notices) {
    const place = shown.get(notice.id) ?? add(notice);
    setText(place.title, notice.title);
    setText(place.text, notice.text ?? '');
    setText(place.command, notice.command ?? '');
  }
}

/** @param {Notice} notice @returns {Place} */
function add(notice) {
  const title = make('strong');
  const text = make('span');
  const command = make('code');
  const root = make('div', { class: 'notice', 'data-kind': notice.kind, 'data-notice': notice.id },
    icon(notice.kind === 'info' ? 'waiting' : 'warning'),
    make('p', {}, title, ' ', text, ' ', command));
  const action = notice.action;
  if (action) {
    const button = make('button', { type: 'button', class: 'quiet' }, action.label);
    button.addEventListener('click', action.run);
    root.append(button);
  }
  const place = { root, title, text, command };
  shown.set(notice.id, place);
  byId('notices').append(root);
  return place;
}

/**
 * The card that stands in place of everything while no PDU is known: what to do.
 * @param {boolean} isNever whether the collector has never run, so that there may be PDUs that nobody has read
 */
export function renderFirstRun(isNever) {
  const words = strings.notices;
  const title = isNever ? words.waiting : words.emptyTitle;
  if (byId('notices').querySelector('.first-run h2')?.textContent === title) return;
  const steps = words.emptySteps.map(({ text, command }) => make('li', {}, text, make('pre', {}, make('code', {}, command))));
  byId('notices').replaceChildren(make('div', { class: 'panel first-run' },
    make('h2', {}, title), ...(isNever ? [make('p', {}, words.neverText)] : []), make('ol', {}, ...steps), make('p', { class: 'muted' }, words.emptyEnd)));
  shown.clear();
}

/** Takes the first-run card away, if it is there. */
export function removeFirstRun() {
  byId('notices').querySelector('.first-run')?.remove();
}
