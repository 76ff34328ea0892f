// @ts-check
// What the parts of a PDU are called, and how their histories are asked for.

import { make, setAttribute, setText } from '../../dom.js';
import { strings } from '../../strings.js';

/** @typedef {import('../../elements.js').Part} Part */

/**
 * The name that somebody gave a part, or its kind and number.
 * @param {Pick<Part, 'kind' | 'number' | 'name'>} part
 */
export function nameOf({ kind, number, name }) {
  if (name !== null) return name;
  if (kind === 'outlet') return strings.outlets.outlet(number);
  return kind === 'phase' ? strings.loads.phase(number) : strings.loads.bank(number);
}

/**
 * The name of a part as a button that shows its history, and the whole PDU's when it is pressed again.
 */
export class NameButton {
  /** @param {() => void} onPress */
  constructor(onPress) {
    this.root = make('button', { type: 'button', class: 'name', title: strings.loads.show, 'aria-pressed': 'false' });
    this.root.addEventListener('click', onPress);
  }

  /** @param {Part} part @param {boolean} isShown whether the chart shows it */
  render(part, isShown) {
    setText(this.root, nameOf(part));
    setAttribute(this.root, 'data-element', String(part.id));
    setAttribute(this.root, 'aria-pressed', String(isShown));
  }
}
