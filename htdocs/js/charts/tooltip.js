// @ts-check
// What the pointer is over: the interval in words and its figures, in HTML beside the pointer. For the eye only;
// the table says the same to everybody.

import { make, show } from '../dom.js';

/** @typedef {{ title: string, rows: { name: string, value: string }[], notes: string[] }} Content */

/**
 * Shows, over a plot, what `contentOf` says of the bucket under the pointer.
 * @param {any} plot a container that Plotly has drawn into
 * @param {HTMLElement} tooltip
 * @param {(position: number) => Content | null} contentOf
 */
export function attachTooltip(plot, tooltip, contentOf) {
  const column = make('div', { class: 'hover-column', hidden: true });
  plot.parentElement.prepend(column);
  const hide = () => {
    show(tooltip, false);
    show(column, false);
  };
  plot.on('plotly_hover', (/** @type {any} */ event) => {
    const point = event.points?.[0];
    const content = point ? contentOf(Math.round(point.x)) : null;
    if (!content) return hide();
    fill(tooltip, content);
    const { xaxis } = point;
    const width = Math.abs(xaxis.l2p(1) - xaxis.l2p(0));
    const middle = xaxis._offset + xaxis.l2p(Math.round(point.x));
    show(tooltip, true);
    show(column, true);
    column.style.left = `${middle - width / 2}px`;
    column.style.width = `${width}px`;
    place(tooltip, middle, width, plot.clientWidth);
  });
  plot.on('plotly_unhover', hide);
  plot.addEventListener('pointerleave', hide);
  return hide;
}

/** @param {HTMLElement} tooltip @param {Content} content */
function fill(tooltip, content) {
  tooltip.replaceChildren(
    make('p', { class: 'tooltip-title' }, content.title),
    make('dl', {}, ...content.rows.flatMap(({ name, value }) => [make('dt', {}, name), make('dd', {}, value)])),
    ...content.notes.map((note) => make('p', { class: 'tooltip-note' }, note)),
  );
}

/**
 * Beside the bucket, on the side that has room.
 * @param {HTMLElement} tooltip
 * @param {number} middle
 * @param {number} width
 * @param {number} room
 */
function place(tooltip, middle, width, room) {
  const size = tooltip.offsetWidth;
  const right = middle + width / 2 + 10;
  const left = right + size < room ? right : middle - width / 2 - 10 - size;
  tooltip.style.left = `${Math.max(4, Math.min(left, room - size - 4))}px`;
}
