// @ts-check
// Which consumers are looked for: words, PDU, bank, phase, group, state. Only what there is can be chosen.

import { DEFAULT_CHOICE, STATES, isFiltered } from '../../choice.js';
import { icon, make, setAttribute, show } from '../../dom.js';
import { settings } from '../../settings.js';
import { strings } from '../../strings.js';

/** @typedef {import('../../choice.js').Choice} Choice */
/** @typedef {import('../../consumers.js').Consumer} Consumer */
/** @typedef {'unit' | 'bank' | 'phase' | 'member' | 'state'} Filter */

/** How long after the last letter it is looked for, in milliseconds. */
const PATIENCE = 150;

/** The filters. */
export class WhoFilters {
  /** @param {(choice: Partial<Choice>, isStep: boolean) => void} onChange whether Back returns to what was before */
  constructor(onChange) {
    const words = strings.who;
    this.search = make('input', { type: 'search', id: 'who-find', autocomplete: 'off', spellcheck: 'false', enterkeyhint: 'search', maxlength: '200' });
    let timer = 0;
    this.search.addEventListener('input', () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => onChange({ find: this.search.value }, false), PATIENCE);
    });
    /** @type {Map<Filter, { field: HTMLElement, select: HTMLSelectElement, told: string }>} */
    this.selects = new Map();
    for (const filter of /** @type {Filter[]} */ (['unit', 'bank', 'phase', 'member', 'state'])) {
      const select = make('select', { id: `who-${filter}` });
      select.addEventListener('change', () => {
        const { value } = select;
        onChange({ [filter]: value === '' ? null : filter === 'state' ? value : Number(value) }, true);
      });
      const field = make('div', { class: 'field' }, make('label', { for: `who-${filter}` }, words.filters[filter] ?? ''), select);
      this.selects.set(filter, { field, select, told: '' });
    }
    const { find, unit, bank, phase, member, state } = DEFAULT_CHOICE;
    this.clear = make('button', { type: 'button', class: 'quiet' }, words.clear);
    this.clear.addEventListener('click', () => {
      onChange({ find, unit, bank, phase, member, state }, true);
      this.search.focus();
    });
    this.root = make('search', { class: 'who-filters' },
      make('div', { class: 'field find' }, make('label', { for: 'who-find' }, icon('search'), ' ', words.find), this.search),
      ...[...this.selects.values()].map(({ field }) => field), this.clear);
  }

  /**
   * @param {Choice} choice
   * @param {Consumer[]} consumers all of them
   * @param {boolean} isOfOne whether all are of one PDU anyway
   */
  render(choice, consumers, isOfOne) {
    if (document.activeElement !== this.search && this.search.value !== choice.find) this.search.value = choice.find;
    /** @type {[number, string][]} */
    const units = [...new Map(consumers.flatMap(({ pduID, pdu }) => (pduID === null ? [] : [[pduID, pdu]])))];
    const numbers = (/** @type {'bank' | 'phase'} */ of) => [...new Set(consumers.flatMap((one) => one[of] ?? []))].sort((a, b) => a - b);
    const used = new Set(consumers.flatMap(({ groups }) => groups));
    const hasStates = consumers.some(({ state, isMetered }) => state !== null || !isMetered);
    this.#fill('unit', isOfOne || consumers.every(({ kind }) => kind === 'pdu') || units.length < 2 ? [] : units, choice.unit);
    this.#fill('bank', numbers('bank').map((n) => [n, strings.loads.bank(n)]), choice.bank);
    this.#fill('phase', numbers('phase').map((n) => [n, strings.loads.phase(n)]), choice.phase);
    this.#fill('member', settings.groups.filter(({ id }) => used.has(id)).map(({ id, name }) => [id, name]), choice.member);
    this.#fill('state', hasStates ? STATES.map((state) => [state, strings.who.states[state] ?? state]) : [], choice.state);
    show(this.clear, isFiltered(choice));
  }

  /** @param {Filter} filter @param {[number | string, string][]} options @param {number | string | null} value */
  #fill(filter, options, value) {
    const place = this.selects.get(filter);
    if (!place) return;
    // What a link asks for is there to be seen, and to be undone, even where nothing has it.
    const all = value === null || options.some(([one]) => one === value) ? options : [...options, [value, String(value)]];
    const told = JSON.stringify(all);
    if (told !== place.told) {
      place.told = told;
      place.select.replaceChildren(...[['', strings.who.any], ...all].map(([one, words]) => make('option', { value: String(one) }, String(words))));
    }
    if (place.select.value !== String(value ?? '')) place.select.value = String(value ?? '');
    // One alone is no choice.
    show(place.field, value !== null || all.length > 1);
    setAttribute(place.field, 'data-set', value === null ? null : '');
  }
}
