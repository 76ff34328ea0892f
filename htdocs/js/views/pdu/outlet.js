// @ts-check
// One outlet: a row of the table, made once and changed in place.

import { icon, make, setAttribute, setIcon, setText, show } from '../../dom.js';
import { UNKNOWN, energyIn, isKnown, number } from '../../format.js';
import { strings } from '../../strings.js';
import { parseTime } from '../../time.js';
import { NameButton } from './names.js';
import { Sparkline } from './sparkline.js';

/** @typedef {import('../../elements.js').Part} Part */
/** @typedef {'state' | 'feed' | 'watts' | 'amperes' | 'kwh' | 'hours'} Column those that may be left out */
/**
 * @typedef {object} Scales how the numbers of each column are written, so that they stand under one another
 * @property {number} amperes decimals
 * @property {ReturnType<typeof import('../../format.js').energyScale>} kwh
 */

/** @type {Column[]} */
export const COLUMNS = ['state', 'feed', 'watts', 'amperes', 'kwh', 'hours'];

/** What each column of numbers shows. */
const NUMBERS = /** @type {const} */ (['watts', 'amperes', 'kwh']);

/** The icon of each state that has one: they differ in shape, not in colour alone. */
const ICONS = { on: 'on', off: 'off', unknown: 'unknown', fixed: '' };

/** The row of one outlet. */
export class OutletRow {
  /** @param {() => void} onPress */
  constructor(onPress) {
    this.name = new NameButton(onPress);
    this.number = make('td', { class: 'number', role: 'cell' });
    this.stateIcon = icon('unknown');
    this.stateWord = make('span');
    this.since = make('span', { class: 'since muted' });
    this.spark = new Sparkline();
    /** @param {Column} column @param {...Node} children */
    const cell = (column, ...children) => make('td', { class: column, role: 'cell' }, ...children);
    /** @type {Record<Column, HTMLElement>} */
    this.cells = {
      state: cell('state', make('span', { class: 'switch' }, this.stateIcon, ' ', this.stateWord), ' ', this.since),
      feed: cell('feed'), watts: cell('watts'), amperes: cell('amperes'), kwh: cell('kwh'),
      hours: cell('hours', this.spark.root),
    };
    this.root = make('tr', { role: 'row' }, this.number, make('th', { scope: 'row', role: 'rowheader' }, this.name.root),
      ...COLUMNS.map((column) => this.cells[column]));
  }

  /**
   * @param {Part} part
   * @param {object} how
   * @param {boolean} how.isShown whether the chart shows it
   * @param {Set<Column>} how.columns those that are shown
   * @param {Scales} how.scales
   * @param {import('../../time.js').SiteCalendar} how.calendar
   */
  render(part, { isShown, columns, scales, calendar }) {
    const words = strings.outlets;
    setText(this.number, String(part.number));
    this.name.render(part, isShown);
    for (const column of COLUMNS) show(this.cells[column], columns.has(column));
    setAttribute(this.root, 'data-look', part.look);
    setAttribute(this.root, 'data-state', part.state);
    setAttribute(this.root, 'data-shown', isShown ? '' : null);
    setIcon(this.stateIcon, ICONS[part.state] || 'unknown');
    setAttribute(this.stateIcon, 'visibility', ICONS[part.state] ? null : 'hidden');
    setText(this.stateWord, words.states[part.state] ?? part.state);
    const since = parseTime(part.stateSince);
    setText(this.since, since === null ? '' : words.since(calendar.dayAndTime(since)));
    setText(this.cells.feed, feedWords(part));
    this.#renderNumbers(part, columns, scales);
    this.spark.root.toggleAttribute('hidden', !part.hourly.some(isKnown));
    this.spark.render(part.hourly);
  }

  /**
   * The numbers. That an outlet is off is said in the first of them, that it is not metered in place of all.
   * @param {Part} part @param {Set<Column>} columns @param {Scales} scales
   */
  #renderNumbers(part, columns, scales) {
    const [first, ...others] = NUMBERS.filter((column) => columns.has(column));
    const isWide = part.look === 'notMetered' && first !== undefined;
    if (first) setAttribute(this.cells[first], 'colspan', isWide && others.length > 0 ? String(others.length + 1) : null);
    for (const column of others) if (isWide) show(this.cells[column], false);
    for (const column of NUMBERS) {
      const told = textOf(part, column, scales);
      const word = column === first ? wordOf(part, told) : null;
      const isNumber = word === null && told !== null;
      setText(this.cells[column], word ?? told ?? UNKNOWN);
      setAttribute(this.cells[column], 'data-unit', isNumber ? unitOf(column, scales) : null);
      setAttribute(this.cells[column], 'data-is', word !== null ? part.look : told === null ? 'unknown' : null);
    }
  }
}

/** @param {Part} part @param {string | null} told */
function wordOf({ look }, told) {
  if (look === 'notMetered') return strings.outlets.notMetered;
  return look === 'off' && (told === null || Number(told) === 0) ? strings.outlets.off : null;
}

/**
 * A number as its column writes it; null where it is not known.
 * @param {Part} part @param {'watts' | 'amperes' | 'kwh'} column @param {Scales} scales
 */
function textOf(part, column, scales) {
  const value = part[column];
  if (value === null) return null;
  if (column === 'kwh') return energyIn(value, scales.kwh);
  return number(value, column === 'amperes' ? scales.amperes : 0);
}

/** @param {'watts' | 'amperes' | 'kwh'} column @param {Scales} scales */
function unitOf(column, scales) {
  return column === 'kwh' ? scales.kwh.unit : strings.outlets[column];
}

/** @param {Part} part */
function feedWords({ bank, phase }) {
  const words = strings.loads;
  return [bank === null ? '' : words.bank(bank), phase === null ? '' : words.phase(phase)].filter(Boolean).join(' · ');
}
