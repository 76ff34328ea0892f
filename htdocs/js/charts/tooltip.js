// @ts-check
// What the pointer is over: the interval in words and its figures, in HTML beside the pointer. For the eye only; the
// table says the same to everybody.

import { make, show } from '../dom.js';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} value
 * @property {string} [colour] of its key
 */
/** @typedef {{ title: string, rows: Row[], notes: string[] }} Content */

/**
 * Shows `content` beside what stands around `middle`, on the side that has room.
 * @param {HTMLElement} tooltip
 * @param {Content} content
 * @param {number} middle
 * @param {number} width
 * @param {number} room
 */
export function showTooltip(tooltip, content, middle, width, room) {
  tooltip.replaceChildren(
    make('p', { class: 'tooltip-title' }, content.title),
    make('dl', {}, ...content.rows.flatMap(({ name, value, colour }) => [make('dt', {}, ...key(colour), name), make('dd', {}, value)])),
    ...content.notes.map((note) => make('p', { class: 'tooltip-note' }, note)),
  );
  show(tooltip, true);
  const size = tooltip.offsetWidth;
  const right = middle + width / 2 + 10;
  const left = right + size < room ? right : middle - width / 2 - 10 - size;
  tooltip.style.left = `${Math.max(4, Math.min(left, room - size - 4))}px`;
}

/** @param {string | undefined} colour */
function key(colour) {
  if (colour === undefined) return [];
  const node = make('span', { class: 'key' });
  node.style.background = colour;
  return [node, ' '];
}
