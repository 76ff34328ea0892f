// @ts-check
// What the pointer does over a chart: hover over a bucket (in all panels at once), pick one, or drag over several. A
// finger looks first and picks with its second touch.

import { make, show } from '../dom.js';

/**
 * @typedef {object} Area of the plot inside its frame, in pixels
 * @property {number} left
 * @property {number} width
 * @property {number} top
 * @property {number} bottom kept free below
 * @property {number} count of buckets
 */
/**
 * @typedef {object} Reactions
 * @property {(position: number) => { first: number, last: number } | null} columnOf what is marked
 * @property {(position: number, middle: number, width: number) => boolean} hover whether there is anything to say
 * @property {() => void} leave
 * @property {(position: number) => void} pick
 * @property {(first: number, last: number) => void} select
 */

/** So many pixels make a drag of a click. */
const DRAG = 8;

/**
 * @param {HTMLElement} frame
 * @param {() => Area | null} areaOf
 * @param {Reactions} reactions
 * @returns {() => void} takes away what is marked
 */
export function attachPointer(frame, areaOf, reactions) {
  const column = make('div', { class: 'hover-column', hidden: true });
  frame.prepend(column);
  /** @type {{ x: number, position: number } | null} */
  let pressed = null;
  let hovered = -1;

  /** @param {PointerEvent} event @returns {{ area: Area, position: number, x: number } | null} */
  const find = (event) => {
    const area = areaOf();
    if (!area) return null;
    const box = frame.getBoundingClientRect();
    const x = event.clientX - box.left - area.left;
    const y = event.clientY - box.top;
    const isIn = x >= 0 && x < area.width && y >= area.top - 24 && y <= box.height;
    if (!isIn && !pressed) return null;
    const position = Math.floor(Math.min(Math.max(x / area.width, 0), 0.999999) * area.count);
    return { area, position, x };
  };
  /** @param {Area} area @param {number} first @param {number} last */
  const mark = (area, first, last) => {
    const width = ((last - first + 1) / area.count) * area.width;
    const left = area.left + (first / area.count) * area.width;
    show(column, true);
    column.style.left = `${left}px`;
    column.style.width = `${Math.max(width, 1)}px`;
    column.style.top = `${area.top}px`;
    column.style.bottom = `${area.bottom}px`;
    return { middle: left + width / 2, width };
  };
  const hide = () => {
    hovered = -1;
    show(column, false);
    column.classList.remove('selecting');
    reactions.leave();
  };

  frame.addEventListener('pointermove', (event) => {
    const found = find(event);
    if (!found) return hide();
    const { area, position, x } = found;
    if (pressed && event.pointerType !== 'touch' && Math.abs(x - pressed.x) > DRAG) {
      column.classList.add('selecting');
      reactions.leave();
      mark(area, Math.min(pressed.position, position), Math.max(pressed.position, position));
      return;
    }
    if (position === hovered) return;
    hovered = position;
    const { first, last } = reactions.columnOf(position) ?? { first: position, last: position };
    const { middle, width } = mark(area, first, last);
    if (!reactions.hover(position, middle, width)) show(column, false);
  });
  frame.addEventListener('pointerdown', (event) => {
    const found = event.button === 0 ? find(event) : null;
    if (!found) return;
    const isSecond = event.pointerType !== 'touch' || hovered === found.position;
    pressed = isSecond ? { x: found.x, position: found.position } : null;
    if (!isSecond) {
      const { first, last } = reactions.columnOf(found.position) ?? { first: found.position, last: found.position };
      const { middle, width } = mark(found.area, first, last);
      reactions.hover(found.position, middle, width);
      hovered = found.position;
    }
  });
  addEventListener('pointerup', (event) => {
    if (!pressed) return;
    const { x, position } = pressed;
    const found = find(event);
    pressed = null;
    column.classList.remove('selecting');
    if (!found) return hide();
    if (Math.abs(found.x - x) <= DRAG) return reactions.pick(position);
    hide();
    if (event.pointerType !== 'touch' && found.position !== position) {
      reactions.select(Math.min(position, found.position), Math.max(position, found.position));
    }
  });
  addEventListener('pointercancel', () => {
    pressed = null;
  });
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || (!pressed && hovered < 0)) return;
    pressed = null;
    hide();
  });
  frame.addEventListener('pointerleave', () => !pressed && hide());
  return hide;
}
