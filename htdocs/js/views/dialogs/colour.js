// @ts-check
// Choosing a colour: by itself, one of ten that can be told apart, or any other.

import { PALETTE, paint, tuned } from '../../colours.js';
import { make } from '../../dom.js';
import { strings } from '../../strings.js';

let count = 0;

/** A choice of colour. */
export class ColourField {
  /** @param {string | null} value null: by itself @param {import('../../colours.js').Colour} own the one that it has by itself */
  constructor(value, own) {
    const words = strings.colours;
    const name = `colour-${(count += 1)}`;
    this.picker = make('input', { type: 'color', 'aria-label': words.pick });
    this.root = make('fieldset', { class: 'colours' }, make('legend', {}, words.title));
    const known = PALETTE.findIndex(({ light, dark }) => [light, dark].includes(value?.toLowerCase() ?? ''));
    /** @type {HTMLInputElement[]} */
    this.radios = [];
    /** @param {string} chosen @param {string} label @param {import('../../colours.js').Colour | null} colour @param {boolean} isChecked @param {...HTMLElement} more */
    const add = (chosen, label, colour, isChecked, ...more) => {
      const radio = make('input', { type: 'radio', name, value: chosen, checked: isChecked, 'aria-label': label });
      const look = make('span', { class: 'swatch', 'aria-hidden': 'true' });
      if (colour) paint(look, colour);
      this.radios.push(radio);
      this.root.append(make('label', { class: 'colour', title: label }, radio, ...(colour ? [look] : []), ...(colour && chosen !== '' ? [] : [make('span', {}, label)])), ...more);
      return radio;
    };
    add('', words.automatic, own, value === null);
    PALETTE.forEach((colour, index) => add(colour.light, words.names[index] ?? '', colour, index === known));
    const other = add('other', words.other, null, value !== null && known < 0, this.picker);
    this.picker.value = value ?? tuned(own.light).light;
    this.picker.addEventListener('input', () => (other.checked = true));
  }

  /** What is chosen: `#rrggbb`; null: by itself. */
  get value() {
    const chosen = this.radios.find(({ checked }) => checked)?.value ?? '';
    if (chosen === 'other') return this.picker.value;
    return chosen === '' ? null : chosen;
  }
}
