// @ts-check
// Phases and banks: how much each carries of what it may. The bar is for the eye; everything is said in words.

import { draw, icon, make, quantity, setAttribute, setQuantity, setText, show } from '../../dom.js';
import { UNKNOWN, apparentPower, energy, measure, power, text } from '../../format.js';
import { strings } from '../../strings.js';
import { NameButton } from './names.js';

/** @typedef {import('../../elements.js').Part} Part */

/** A horizontal bar from 0 to the rating, with marks at the thresholds. */
export class Bar {
  constructor() {
    this.fill = draw('rect', { class: 'fill', height: '100%' });
    this.marks = { warning: draw('rect', { class: 'mark-warning' }), critical: draw('rect', { class: 'mark-critical' }) };
    for (const mark of Object.values(this.marks)) {
      setAttribute(mark, 'height', '100%');
      setAttribute(mark, 'width', '2');
    }
    this.root = draw('svg', { class: 'bar', 'aria-hidden': 'true' },
      draw('rect', { class: 'track', width: '100%', height: '100%' }), this.fill, this.marks.warning, this.marks.critical);
  }

  /** @param {Pick<Part, 'load' | 'level' | 'ratedAmperes' | 'warningAmperes' | 'criticalAmperes'>} part */
  render({ load, level, ratedAmperes, warningAmperes, criticalAmperes }) {
    setAttribute(this.root, 'data-level', level);
    setAttribute(this.fill, 'width', `${share(load, 100)}%`);
    this.#place(this.marks.warning, warningAmperes, ratedAmperes);
    this.#place(this.marks.critical, criticalAmperes, ratedAmperes);
  }

  /** @param {SVGElement} mark @param {number | null} amperes @param {number | null} rating */
  #place(mark, amperes, rating) {
    const isThere = amperes !== null && rating !== null && rating > 0 && amperes < rating;
    setAttribute(mark, 'x', isThere ? `${share(amperes, rating)}%` : '0');
    setAttribute(mark, 'visibility', isThere ? null : 'hidden');
  }
}

/** @param {number | null} value @param {number} whole */
function share(value, whole) {
  return Math.round(Math.min(Math.max((value ?? 0) / whole, 0), 1) * 1000) / 10;
}

/**
 * The rating in words: "16 A"; null where there is none.
 * @param {{ ratedAmperes: number | null, ratedWatts: number | null }} part
 */
export function ratingWords({ ratedAmperes, ratedWatts }) {
  if (ratedAmperes !== null) return amperes(ratedAmperes);
  return ratedWatts === null ? null : text(power(ratedWatts));
}

/**
 * A rating or a threshold, which are round numbers: "16 A", "12.5 A".
 * @param {number} value
 */
function amperes(value) {
  return text(measure(value, 'A', Number.isInteger(value) ? 0 : 1));
}

/** The phases, or the banks, of a PDU. */
export class LoadsView {
  /** @param {string} title @param {(element: number) => void} onShow */
  constructor(title, onShow) {
    this.onShow = onShow;
    this.list = make('ul', { class: 'loads', role: 'list', 'aria-label': title });
    this.imbalance = make('span', { class: 'imbalance' });
    this.root = make('div', { class: 'loads-group', hidden: true }, make('h3', {}, title, ' ', this.imbalance), this.list);
    /** @type {Map<number, Load>} */
    this.loads = new Map();
  }

  /** @param {Part[]} parts @param {number | null} shown the element whose history is shown */
  render(parts, shown) {
    show(this.root, parts.length > 0);
    const imbalance = imbalanceOf(parts);
    setText(this.imbalance, imbalance === null ? '' : strings.loads.imbalance(text(measure(imbalance * 100, '%', 0))));
    setAttribute(this.imbalance, 'title', imbalance === null ? null : strings.loads.imbalanceTitle);
    // As wide as there are many.
    this.root.style.flexGrow = String(parts.length);
    for (const [id, load] of this.loads) {
      if (parts.some((part) => part.id === id)) continue;
      load.root.remove();
      this.loads.delete(id);
    }
    parts.forEach((part, index) => {
      const load = this.loads.get(part.id) ?? new Load(() => this.onShow(part.id));
      this.loads.set(part.id, load);
      load.render(part, part.id === shown);
      if (this.list.children[index] !== load.root) this.list.insertBefore(load.root, this.list.children[index] ?? null);
    });
  }
}

/**
 * How unevenly they carry: the largest deviation from the mean, as a share of the mean. Of the currents, and of the powers
 * where there are none.
 * @param {Part[]} parts
 * @returns {number | null} null where it is not known of all, where there is one, or where there is nothing to share
 */
export function imbalanceOf(parts) {
  const of = parts.every(({ amperes: current }) => current !== null) ? 'amperes' : 'watts';
  const values = parts.map((part) => part[of]);
  if (values.length < 2 || values.some((value) => value === null)) return null;
  const mean = values.reduce((/** @type {number} */ sum, value) => sum + (value ?? 0), 0) / values.length;
  return mean > 0 ? Math.max(...values.map((value) => Math.abs((value ?? 0) - mean))) / mean : null;
}

/** One phase or bank. */
class Load {
  /** @param {() => void} onPress */
  constructor(onPress) {
    this.name = new NameButton(onPress);
    this.levelWord = make('span');
    this.level = make('span', { class: 'pill level' }, icon('warning'), ' ', this.levelWord);
    this.main = quantity('main');
    this.rating = make('span', { class: 'muted' });
    this.load = quantity('share');
    this.bar = new Bar();
    this.others = make('p', { class: 'muted others' });
    this.limits = make('p', { class: 'muted limits' });
    this.root = make('li', { class: 'load' },
      make('p', { class: 'load-head' }, this.name.root, this.level),
      make('p', { class: 'load-figures' }, this.main, ' ', this.rating, ' ', this.load),
      this.bar.root, this.others, this.limits);
  }

  /** @param {Part} part @param {boolean} isShown */
  render(part, isShown) {
    const words = strings.loads;
    this.name.render(part, isShown);
    setAttribute(this.root, 'data-level', part.level);
    setAttribute(this.root, 'data-look', part.amperes === null ? part.look : 'measured');
    show(this.level, part.level !== 'ordinary');
    setText(this.levelWord, words.levels[part.level] ?? '');
    const scale = scaleOf(part);
    setQuantity(this.main, mainOf(part));
    setText(this.rating, scale.words);
    setQuantity(this.load, scale.load === null ? { value: '', unit: '' } : measure(scale.load, '%', 0));
    this.bar.root.toggleAttribute('hidden', scale.words === '');
    setAttribute(this.bar.root, 'visibility', scale.load === null ? 'hidden' : null);
    this.bar.render({ ...part, load: scale.load, ratedAmperes: scale.amperes });
    setText(this.others, othersOf(part).join(' · ') || '\u00a0');
    setText(this.limits, limitsOf(part).join(' · '));
  }
}

/**
 * What the bar is a share of: the rating, or where the device does not say one, the current that it calls critical.
 * @param {Part} part
 * @returns {{ words: string, amperes: number | null, load: number | null }}
 */
function scaleOf(part) {
  const rating = ratingWords(part);
  if (rating !== null) return { words: strings.figures.ofRating(rating), amperes: part.ratedAmperes, load: part.load };
  const critical = part.criticalAmperes;
  if (critical === null || critical <= 0) return { words: '', amperes: null, load: null };
  const load = part.amperes === null ? null : part.amperes / critical * 100;
  return { words: strings.figures.ofCritical(amperes(critical)), amperes: critical, load };
}

/**
 * What the rating is about, in the first place: current, or power where there is none.
 * @param {Part} part
 * @returns {import('../../format.js').Quantity}
 */
function mainOf({ amperes: current, watts, look, ratedAmperes }) {
  if (look === 'notMetered') return { value: strings.outlets.notMetered, unit: '' };
  if (current !== null) return measure(current, 'A', 1);
  if (watts !== null && ratedAmperes === null) return power(watts);
  return { value: UNKNOWN, unit: '' };
}

/** @param {Part} part */
function othersOf({ amperes: current, watts, isEstimate, voltAmperes, volts, powerFactor, kwh, ratedAmperes }) {
  const isMain = current === null && ratedAmperes === null;
  const found = [];
  if (watts !== null && !isMain) found.push(text(power(watts)) + (isEstimate ? ` (${strings.pdu.estimate})` : ''));
  if (voltAmperes !== null) found.push(text(apparentPower(voltAmperes)));
  if (volts !== null) found.push(text(measure(volts, 'V', 0)));
  if (powerFactor !== null) found.push(`${strings.figures.powerFactorShort}\u00a0${text(measure(powerFactor, '', 2))}`);
  if (kwh !== null) found.push(text(energy(kwh)));
  return found;
}

/** @param {Part} part */
function limitsOf({ warningAmperes, criticalAmperes, ratedAmperes, ratedWatts }) {
  const found = [];
  if (warningAmperes !== null) found.push(strings.loads.warningAt(amperes(warningAmperes)));
  const isRated = ratedAmperes !== null || ratedWatts !== null;
  if (criticalAmperes !== null && isRated) found.push(strings.loads.criticalAt(amperes(criticalAmperes)));
  if (criticalAmperes === null && !isRated) found.push(strings.loads.noRating);
  return found;
}
