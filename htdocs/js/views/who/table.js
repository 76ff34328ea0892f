// @ts-check
// Who uses it, as a table that can be sorted. Rows are made once and changed in place; a refresh changes numbers and
// never the order, so that a row stays where it is while somebody looks at it.

import { paint } from '../../colours.js';
import { COLUMNS } from '../../choice.js';
import { ordered, totalOf } from '../../consumers.js';
import { announce, icon, make, setAttribute, setText, show } from '../../dom.js';
import { UNKNOWN } from '../../format.js';
import { strings } from '../../strings.js';
import { colourOfConsumer } from './bars.js';
import { changeWords, coverageWords, inEnergy, inPower, scalesOf, shareWords } from './cells.js';
import { ConsumerLink, placeWords, swatch } from './name.js';

/** @typedef {import('../../choice.js').Choice} Choice */
/** @typedef {import('../../choice.js').Column} Column */
/** @typedef {import('../../consumers.js').Consumer} Consumer */
/** @typedef {import('./bars.js').Rest} Rest */
/** @typedef {import('./cells.js').Scales} Scales */
/**
 * @typedef {object} Acts what a row can do
 * @property {import('../../state.js').ViewStore} store
 * @property {(view: import('../../state.js').View, consumer: Consumer) => import('../../state.js').View} to
 * @property {(consumer: Consumer) => void} edit
 * @property {(consumer: Consumer) => void} explain
 * @property {(sort: Column, isDescending: boolean) => void} sort
 */

/** The table. */
export class WhoTable {
  /** @param {Acts} acts */
  constructor(acts) {
    this.acts = acts;
    this.caption = make('caption');
    this.body = make('tbody');
    this.rests = make('tbody', { class: 'rests' });
    this.foot = make('tfoot');
    /** @type {Map<Column, HTMLElement>} */
    this.heads = new Map();
    const row = make('tr', {}, ...COLUMNS.map((column) => this.#head(column)),
      make('th', { scope: 'col', class: 'act' }, make('span', { class: 'spoken' }, strings.who.edit)));
    this.root = make('table', { class: 'who-table' }, this.caption, make('thead', {}, row), this.body, this.rests, this.foot);
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    /** The keys in the order in which they stand. @type {string[]} */
    this.places = [];
    this.order = '';
    this.footTold = '';
  }

  /** @param {Column} column */
  #head(column) {
    const label = make('span');
    const button = make('button', { type: 'button', class: 'sort' }, label);
    button.addEventListener('click', () => {
      const isAgain = this.heads.get(column)?.hasAttribute('aria-sort');
      const isDescending = isAgain ? this.heads.get(column)?.getAttribute('aria-sort') === 'ascending' : column !== 'name';
      this.acts.sort(column, isDescending);
      announce(strings.outlets.sorted(strings.who.columns[column] ?? column, isDescending));
    });
    const head = make('th', { scope: 'col', class: column }, button);
    this.heads.set(column, head);
    return head;
  }

  /**
   * @param {Consumer[]} consumers
   * @param {object} how
   * @param {Choice} how.choice
   * @param {string} how.key of what is asked for: another, and the rows are put in order anew
   * @param {boolean} how.isCompared
   * @param {boolean} how.isOfOne whether all are of one PDU
   * @param {Rest[]} how.residual
   * @param {boolean} how.isSum whether the rows may be added
   * @param {string} how.caption
   * @param {import('../../time.js').SiteCalendar} how.calendar
   */
  render(consumers, { choice, key, isCompared, isOfOne, residual, isSum, caption, calendar }) {
    const total = totalOf(consumers);
    const scales = scalesOf(consumers);
    setText(this.caption, caption);
    this.#renderHeads(choice, scales, isCompared);
    for (const one of consumers) {
      const row = this.rows.get(keyOf(one)) ?? new Row(this.acts);
      this.rows.set(keyOf(one), row);
      row.render(one, scales, { isCompared, isOfOne, calendar });
    }
    const keys = new Set(consumers.map(keyOf));
    const order = `${key} ${choice.sort} ${choice.isDescending}`;
    const isSame = order === this.order && keys.size === this.places.length && this.places.every((place) => keys.has(place));
    if (!isSame) this.#arrange(ordered(consumers, choice).map(keyOf));
    this.order = order;
    this.#renderFoot(isSum ? total : null, residual, scales, isCompared);
  }

  /** The consumers in the order in which they stand. @param {Consumer[]} consumers */
  inOrder(consumers) {
    const byKey = new Map(consumers.map((one) => [keyOf(one), one]));
    return this.places.flatMap((place) => byKey.get(place) ?? []);
  }

  /** @param {Choice} choice @param {Scales} scales @param {boolean} isCompared */
  #renderHeads(choice, scales, isCompared) {
    for (const [column, head] of this.heads) {
      const label = head.querySelector('span');
      const unit = ['watts', 'minimum', 'mean', 'maximum'].includes(column) ? scales.power : column === 'kwh' ? scales.energy.unit : '';
      if (label) setText(label, `${strings.who.columns[column] ?? ''}${unit ? ` (${unit})` : ''}`);
      setAttribute(head, 'aria-sort', column === choice.sort ? (choice.isDescending ? 'descending' : 'ascending') : null);
      if (column === 'change') show(head, isCompared);
    }
  }

  /** @param {string[]} places */
  #arrange(places) {
    this.places = places;
    const keys = new Set(places);
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue;
      row.root.remove();
      this.rows.delete(key);
    }
    places.forEach((key, index) => {
      const row = this.rows.get(key)?.root;
      if (row && this.body.children[index] !== row) this.body.insertBefore(row, this.body.children[index] ?? null);
    });
  }

  /** @param {import('../../consumers.js').Total | null} total @param {Rest[]} residual @param {Scales} scales @param {boolean} isCompared */
  #renderFoot(total, residual, scales, isCompared) {
    const words = strings.who;
    /** @param {string} className @param {string} name @param {Record<string, string | (Node | string)[]>} cells */
    const row = (className, name, cells) => make('tr', { class: className }, make('th', { scope: 'row' }, name),
      ...COLUMNS.slice(1).filter((column) => isCompared || column !== 'change').map((column) => make('td', { class: column }, ...[cells[column] ?? ''].flat())),
      make('td', { class: 'act' }));
    const rests = residual.map(({ name, kwh, share }) => row('rest', name, {
      kwh: Number.isNaN(kwh) ? UNKNOWN : inEnergy(kwh, scales), share: Number.isNaN(kwh) ? UNKNOWN : shareWords(share),
    }));
    const sum = total && total.count > 0 ? [row('sum', words.total(total.count), {
      watts: part(inPower(total.watts, scales), total.wattsOf, total.metered), mean: inPower(total.mean, scales),
      kwh: part(inEnergy(total.kwh, scales), total.kwhOf, total.metered), share: shareWords(total.share),
      coverage: coverageWords(total.coverage), change: changeWords(total.change),
    })] : [];
    const told = [...rests, ...sum].map((node) => node.outerHTML).join('');
    if (told === this.footTold) return;
    this.footTold = told;
    this.rests.replaceChildren(...rests);
    this.foot.replaceChildren(...sum);
  }
}

/** A sum, and of how many where some are missing. @param {string} value @param {number} n @param {number} of */
function part(value, n, of) {
  return n < of && n > 0 ? [value, ' ', make('span', { class: 'of' }, strings.who.of(n, of))] : value;
}

/** @param {Consumer} consumer */
function keyOf({ kind, id }) {
  return `${kind} ${id}`;
}

/** One consumer. */
class Row {
  /** @param {Acts} acts */
  constructor(acts) {
    /** @type {Consumer | null} */
    this.consumer = null;
    const act = (/** @type {(consumer: Consumer) => void} */ run) => () => this.consumer && run(this.consumer);
    this.link = new ConsumerLink(acts.store, acts.to);
    this.place = make('span', { class: 'muted place' });
    this.note = make('span', { class: 'muted note' });
    this.energy = make('button', { type: 'button', class: 'figure-button' });
    this.energy.addEventListener('click', act(acts.explain));
    this.edit = make('button', { type: 'button', class: 'bare' }, icon('edit'));
    this.edit.addEventListener('click', act(acts.edit));
    /** @type {Map<Column, HTMLTableCellElement>} */
    this.cells = new Map(COLUMNS.slice(1).map((column) => [column, make('td', { class: column })]));
    this.root = make('tr', {}, make('th', { scope: 'row' }, make('span', { class: 'who-cell' }, swatch(),
      make('span', {}, this.link.root, ' ', this.place, ' ', this.note))), ...this.cells.values(), make('td', { class: 'act' }, this.edit));
  }

  /** @param {Consumer} one @param {Scales} scales @param {{ isCompared: boolean, isOfOne: boolean, calendar: import('../../time.js').SiteCalendar }} how */
  render(one, scales, { isCompared, isOfOne, calendar }) {
    const words = strings.who;
    this.consumer = one;
    this.link.render(one);
    paint(this.root, colourOfConsumer(one));
    setText(this.place, placeWords(one, isOfOne));
    setText(this.note, one.note ?? '');
    show(this.note, one.note !== null);
    this.#set('watts', nowWords(one, scales));
    setAttribute(/** @type {Element} */ (this.cells.get('watts')), 'data-is', one.look);
    this.#set('minimum', inPower(one.minimum, scales));
    this.#set('mean', inPower(one.mean, scales));
    this.#set('maximum', inPower(one.maximum, scales));
    setAttribute(/** @type {Element} */ (this.cells.get('maximum')), 'title', one.maximumAt === null ? null : words.peakAt(calendar.dayAndTime(one.maximumAt)));
    this.#renderEnergy(one, scales);
    this.#set('share', shareWords(one.share));
    this.#set('coverage', one.kwh === null && !one.isMetered ? UNKNOWN : coverageWords(one.coverage));
    const change = /** @type {HTMLElement} */ (this.cells.get('change'));
    show(change, isCompared);
    this.#set('change', (one.isRough && one.change !== null ? '≈ ' : '') + changeWords(one.change));
    setAttribute(change, 'title', one.change === null || !one.isRough ? null : words.rough);
    setAttribute(this.edit, 'aria-label', one.kind === 'group' ? words.editGroup(one.name) : words.editElement(one.name));
  }

  /** @param {Consumer} one @param {Scales} scales */
  #renderEnergy(one, scales) {
    const cell = /** @type {HTMLElement} */ (this.cells.get('kwh'));
    if (one.kwh === null) return setText(cell, inEnergy(one.kwh, scales));
    if (this.energy.parentElement !== cell) cell.replaceChildren(this.energy);
    setText(this.energy, inEnergy(one.kwh, scales));
    setAttribute(this.energy, 'aria-label', strings.who.explain(`${inEnergy(one.kwh, scales)} ${scales.energy.unit}`, one.name));
  }

  /** @param {Column} column @param {string} words */
  #set(column, words) {
    const cell = this.cells.get(column);
    if (cell) setText(cell, words);
  }
}

/** @param {Consumer} consumer @param {Scales} scales */
function nowWords({ look, watts }, scales) {
  if (look === 'notMetered') return strings.pdu.notMetered;
  if (look === 'off') return strings.pdu.off;
  return inPower(watts, scales);
}
