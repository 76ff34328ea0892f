// @ts-check
// The unit's own figures. One that it never gave has no place; one that it gave keeps its place, so that nothing moves
// when a reading fails.

import { make, quantity, setAttribute, setQuantity, setText, show } from '../../dom.js';
import { UNKNOWN, apparentPower, energy, isKnown, measure, power, text } from '../../format.js';
import { levelOf } from '../../elements.js';
import { strings } from '../../strings.js';
import { parseTime } from '../../time.js';
import { Bar, ratingWords } from './loads.js';

/** @typedef {import('../../format.js').Quantity} Quantity */
/** @typedef {import('../../status.js').PDU} PDU */
/** @typedef {'watts' | 'load' | 'amperes' | 'volts' | 'voltAmperes' | 'powerFactor' | 'kwh'} Figure */

/** @type {Figure[]} */
const FIGURES = ['watts', 'load', 'amperes', 'volts', 'voltAmperes', 'powerFactor', 'kwh'];

/** The figures of one PDU. */
export class FiguresView {
  constructor() {
    this.root = make('dl', { class: 'tiles figures panel', 'aria-label': strings.unit.figures });
    /** @type {Map<Figure, { root: HTMLElement, figure: HTMLElement, note: HTMLElement }>} */
    this.tiles = new Map();
    this.bar = new Bar();
    this.badge = make('span', { class: 'badge', title: strings.pdu.estimateTitle, hidden: true }, strings.pdu.estimate);
    for (const name of FIGURES) {
      const figure = quantity();
      const note = make('dd', { class: 'note muted' });
      const root = make('div', { class: 'tile', 'data-figure': name, hidden: name !== 'watts' },
        make('dt', {}, strings.figures[name]), make('dd', { class: 'figure' }, figure), note);
      if (name === 'watts') figure.after(' ', this.badge);
      if (name === 'load') root.append(make('dd', { class: 'bar-place', 'aria-hidden': 'true' }, this.bar.root));
      this.tiles.set(name, { root, figure, note });
      this.root.append(root);
    }
  }

  /** Forgets which figures there were. */
  reset() {
    for (const { root } of this.tiles.values()) show(root, root.dataset.figure === 'watts');
  }

  /**
   * @param {PDU} pdu
   * @param {Record<string, any>} detail
   * @param {import('../../time.js').SiteCalendar} calendar
   */
  render(pdu, detail, calendar) {
    const words = strings.figures;
    /** @param {unknown} value @returns {number | null} */
    const measured = (value) => (pdu.state === 'online' && isKnown(value) ? value : null);
    const amperes = measured(detail.current_amps);
    const load = measured(detail.load_percent);
    const rated = { ratedAmperes: known(detail.rated_current_amps), ratedWatts: known(detail.rated_power_watts) };
    const rating = ratingWords(rated);
    const limits = { warningAmperes: known(detail.warning_current_amps), criticalAmperes: known(detail.critical_current_amps) };
    const level = levelOf({ amperes, load, ...limits });
    show(this.badge, pdu.watts !== null && pdu.isEstimate);
    this.#set('watts', powerOf(pdu), true, '', pdu.look);
    this.#set('load', measure(load, '%', 0), load !== null, rating ? words.ofRating(rating) : '');
    this.#set('amperes', measure(amperes, 'A', 1), amperes !== null, rating && load === null ? words.rated(rating) : '');
    this.#set('volts', measure(measured(detail.voltage_volts), 'V', 0), measured(detail.voltage_volts) !== null);
    this.#set('voltAmperes', apparentPower(measured(detail.apparent_power_va)), measured(detail.apparent_power_va) !== null);
    this.#set('powerFactor', measure(measured(detail.power_factor), '', 2), measured(detail.power_factor) !== null);
    this.#set('kwh', energy(measured(detail.energy_kwh)), measured(detail.energy_kwh) !== null, sinceWords(detail.energy_since, calendar));
    this.bar.render({ load, level, ratedAmperes: rated.ratedAmperes, ...limits });
  }

  /** @param {Figure} name @param {Quantity} figure @param {boolean} isGiven @param {string} [note] @param {string} [look] */
  #set(name, figure, isGiven, note = '', look = isGiven ? 'measured' : 'unknown') {
    const tile = this.tiles.get(name);
    if (!tile) return;
    if (isGiven) show(tile.root, true);
    setAttribute(tile.root, 'data-look', look);
    setQuantity(tile.figure, figure);
    setText(tile.note, note);
  }
}

/** @param {unknown} value @returns {number | null} */
function known(value) {
  return isKnown(value) ? value : null;
}

/** @param {PDU} pdu @returns {Quantity} */
function powerOf(pdu) {
  if (pdu.look === 'notMetered') return { value: strings.pdu.notMetered, unit: '' };
  return pdu.watts === null ? { value: UNKNOWN, unit: '' } : power(pdu.watts);
}

/**
 * When the counter began, which some devices say in words of their own.
 * @param {unknown} since
 * @param {import('../../time.js').SiteCalendar} calendar
 */
function sinceWords(since, calendar) {
  if (typeof since !== 'string' || since === '') return '';
  const moment = parseTime(since);
  return strings.figures.since(moment === null ? since : calendar.dayWithYear(moment));
}
