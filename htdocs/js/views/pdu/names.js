// @ts-check
// What the parts of a PDU are called, and how their histories are asked for.

import { make, setAttribute, setText } from '../../dom.js';
import { settings } from '../../settings.js';
import { strings } from '../../strings.js';

/** @typedef {import('../../elements.js').Part} Part */

/**
 * What people call a part: its label, the name that it has on the device, or its kind and number.
 * @param {Pick<Part, 'id' | 'kind' | 'number' | 'name'>} part
 */
export function nameOf({ id, kind, number, name }) {
  const label = settings.of(id).label;
  if (label !== null) return label;
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
