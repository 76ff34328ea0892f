// @ts-check
// The outlets as a table, in the order of their numbers until somebody sorts them. A refresh changes numbers and never
// the order: a row stays where it is while somebody looks at it. A column that no outlet has is left out.

import { announce, make, setAttribute, setText, show } from '../../dom.js';
import { countOutlets, sorted } from '../../elements.js';
import { currentDecimals, energyScale, isKnown } from '../../format.js';
import { strings } from '../../strings.js';
import { nameOf } from './names.js';
import { COLUMNS, OutletRow } from './outlet.js';

/** @typedef {import('../../elements.js').Order} Order */
/** @typedef {import('../../elements.js').Part} Part */
/** @typedef {import('../../elements.js').SortKey} SortKey */
/** @typedef {import('./outlet.js').Column} Column */

/** @type {Order} */
const BY_NUMBER = { key: 'number', isDescending: false };

/** The outlets of a PDU. */
export class OutletsView {
  /** @param {(element: number) => void} onShow told whose name is pressed */
  constructor(onShow) {
    this.onShow = onShow;
    this.order = BY_NUMBER;
    /** @type {Part[]} */
    this.parts = [];
    /** The ids in the order in which they stand.
     * @type {number[]} */
    this.places = [];
    /** @type {Map<number, OutletRow>} */
    this.rows = new Map();
    /** The columns that some outlet has had.
     * @type {Set<Column>} */
    this.columns = new Set();
    this.caption = make('caption', { class: 'spoken' });
    this.body = make('tbody', { role: 'rowgroup' });
    this.summary = make('p', { class: 'muted' });
    /** @type {Map<SortKey | Column, HTMLElement>} */
    this.heads = new Map();
    this.#makeHeads();
    this.root = make('table', { class: 'outlets-table', role: 'table' }, this.caption,
      make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...this.heads.values())), this.body);
  }

  #makeHeads() {
    const words = strings.outlets;
    /** @param {SortKey | Column} column @param {Node | string} content */
    const add = (column, content) => {
      this.heads.set(column, make('th', { scope: 'col', role: 'columnheader', class: column }, content));
    };
    add('number', this.#sortButton('number', words.number));
    add('name', this.#sortButton('name', words.name));
    add('state', words.state);
    add('feed', words.feed);
    add('watts', this.#sortButton('watts', words.watts));
    add('amperes', words.amperes);
    add('kwh', words.kwh('kWh'));
    add('hours', words.hours);
    for (const column of /** @type {const} */ (['amperes', 'kwh'])) {
      this.heads.get(column)?.append(make('span', { class: 'spoken' }, ` ${words.spoken[column]}`));
    }
  }

  /** @param {SortKey} key @param {string} label */
  #sortButton(key, label) {
    const spoken = strings.outlets.spoken[key];
    const button = make('button', { type: 'button', class: 'sort' }, label,
      ...(spoken === label ? [] : [make('span', { class: 'spoken' }, ` ${spoken}`)]));
    button.addEventListener('click', () => {
      const isAgain = this.order.key === key;
      this.#sort({ key, isDescending: isAgain ? !this.order.isDescending : key === 'watts' });
      announce(strings.outlets.sorted(spoken, this.order.isDescending));
    });
    return button;
  }

  /** Begins anew, for another PDU. */
  reset() {
    this.order = BY_NUMBER;
    this.columns.clear();
    this.places = [];
  }

  /** @param {Order} order */
  #sort(order) {
    this.order = order;
    this.places = sorted(this.parts, order, nameOf).map(({ id }) => id);
    this.#arrange();
  }

  /**
   * @param {Part[]} parts
   * @param {object} how
   * @param {number | null} how.shown the element whose history is shown
   * @param {string} how.pdu
   * @param {import('../../time.js').SiteCalendar} how.calendar
   */
  render(parts, { shown, pdu, calendar }) {
    this.parts = parts;
    setText(this.caption, strings.outlets.caption(pdu));
    show(this.root, parts.length > 0);
    setText(this.summary, parts.length > 0 ? summaryOf(parts) : '');
    for (const column of COLUMNS) if (parts.some((part) => has(part, column))) this.columns.add(column);
    const kwh = energyScale(parts.map((part) => part.kwh));
    const scales = { amperes: currentDecimals(parts.map((part) => part.amperes)), kwh };
    this.heads.forEach((head, column) => {
      if (column !== 'number' && column !== 'name') show(head, this.columns.has(column));
    });
    const unit = this.heads.get('kwh')?.firstChild;
    if (unit) setText(unit, strings.outlets.kwh(kwh.unit));
    for (const part of parts) {
      const row = this.rows.get(part.id) ?? new OutletRow(() => this.onShow(part.id));
      this.rows.set(part.id, row);
      row.render(part, { isShown: part.id === shown, columns: this.columns, scales, calendar });
    }
    const isSame = this.places.length === parts.length && parts.every(({ id }) => this.places.includes(id));
    if (!isSame) this.#sort(this.order);
  }

  /** Puts the rows where `places` says, touching none that stands there. */
  #arrange() {
    for (const [id, row] of this.rows) {
      if (this.places.includes(id)) continue;
      row.root.remove();
      this.rows.delete(id);
    }
    this.places.forEach((id, index) => {
      const row = this.rows.get(id)?.root;
      if (row && this.body.children[index] !== row) this.body.insertBefore(row, this.body.children[index] ?? null);
    });
    for (const key of /** @type {SortKey[]} */ (['number', 'name', 'watts'])) {
      const direction = this.order.isDescending ? 'descending' : 'ascending';
      const head = this.heads.get(key);
      if (head) setAttribute(head, 'aria-sort', key === this.order.key ? direction : null);
    }
  }
}

/** @param {Part} part @param {Column} column */
function has(part, column) {
  if (column === 'state') return part.state === 'on' || part.state === 'off' || (part.state === 'unknown' && part.look !== 'unknown');
  if (column === 'feed') return part.bank !== null || part.phase !== null;
  if (column === 'hours') return part.hourly.some(isKnown);
  if (column === 'watts') return part.watts !== null || part.hourly.some(isKnown);
  return part[column] !== null;
}

/**
 * "24 outlets · 19 on · 3 off · 1 unknown · 22 of 24 metered"
 * @param {Part[]} parts
 */
function summaryOf(parts) {
  const words = strings.outlets;
  const { all, on, off, unknown, metered } = countOutlets(parts);
  const found = [words.counts(all)];
  if (on > 0) found.push(words.on(on));
  if (off > 0) found.push(words.isOff(off));
  if (unknown > 0 && unknown < all) found.push(words.unknown(unknown));
  if (metered < all) found.push(words.metered(metered, all));
  return found.join(' · ');
}
