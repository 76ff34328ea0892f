// @ts-check
// Above which power a load is too high, by what the device says of its currents, or by its rating: 70 % of it is high,
// 80 % is what may be drawn without end. Pure. Without a voltage nothing is guessed.

import { measure, isKnown, power, text } from '../format.js';
import { strings } from '../strings.js';

/** @typedef {{ kind: 'warning' | 'critical', watts: number, label: string }} Limit */

const SHARES = /** @type {const} */ ([['warning', 0.7], ['critical', 0.8]]);

/**
 * @param {object} of
 * @param {number | null} of.volts
 * @param {number | null} of.ratedAmperes
 * @param {number | null} of.ratedWatts
 * @param {number | null} of.warningAmperes
 * @param {number | null} of.criticalAmperes
 * @returns {Limit[]}
 */
export function limitsOf({ volts, ratedAmperes, ratedWatts, warningAmperes, criticalAmperes }) {
  const perAmpere = isKnown(volts) && volts > 0 ? volts : null;
  const own = /** @type {const} */ ([['warning', warningAmperes], ['critical', criticalAmperes]]).flatMap(([kind, amperes]) =>
    (isKnown(amperes) && amperes > 0 && perAmpere !== null ? [limit(kind, amperes * perAmpere, text(measure(amperes, 'A', 0)))] : []));
  if (own.length > 0) return own;
  const rated = isKnown(ratedWatts) ? ratedWatts : isKnown(ratedAmperes) && perAmpere !== null ? ratedAmperes * perAmpere : null;
  if (rated === null || rated <= 0) return [];
  const rating = isKnown(ratedWatts) ? text(power(ratedWatts)) : text(measure(ratedAmperes, 'A', 0));
  return SHARES.map(([kind, share]) => limit(kind, rated * share, strings.limits.ofRating(text(measure(share * 100, '%', 0)), rating)));
}

/** @param {'warning' | 'critical'} kind @param {number} watts @param {string} what @returns {Limit} */
function limit(kind, watts, what) {
  return { kind, watts, label: strings.limits[kind](what, text(power(watts))) };
}
