// @ts-check
// How the numbers of consumers are written: one unit for each column, so that they can be compared by the eye.

import { UNKNOWN, energyIn, energyScale, isKnown, number, percent, powerIn, text } from '../../format.js';
import { strings } from '../../strings.js';

/** @typedef {import('../../consumers.js').Consumer} Consumer */
/** @typedef {{ power: 'W' | 'kW', energy: ReturnType<typeof energyScale> }} Scales */

/** From here on kilowatts are easier to read, for all of a column. */
const MANY_WATTS = 100_000;

/**
 * @param {Consumer[]} consumers
 * @returns {Scales}
 */
export function scalesOf(consumers) {
  const isMany = consumers.some(({ maximum, watts }) => Math.max(maximum ?? 0, watts ?? 0) >= MANY_WATTS);
  return { power: isMany ? 'kW' : 'W', energy: energyScale(consumers.map(({ kwh }) => kwh)) };
}

/** @param {number | null} watts @param {Scales} scales */
export function inPower(watts, { power }) {
  return powerIn(watts, power);
}

/** @param {number | null} kwh @param {Scales} scales */
export function inEnergy(kwh, { energy }) {
  return energyIn(kwh, energy);
}

/**
 * A share with one decimal below ten per cent.
 * @param {number | null} share
 */
export function shareWords(share) {
  if (!isKnown(share)) return UNKNOWN;
  return text({ value: number(share * 100, Math.abs(share) < 0.0995 && share !== 0 ? 1 : 0), unit: '%' });
}

/** @param {number | null} coverage */
export function coverageWords(coverage) {
  return text(percent(coverage));
}

/**
 * "+12 %", "−3 %", "±0 %"; more than tenfold as a factor.
 * @param {number | null} change
 */
export function changeWords(change) {
  if (!isKnown(change)) return UNKNOWN;
  if (change >= 9) return strings.who.times(number(change + 1, 0));
  const size = Math.abs(change * 100);
  const written = text({ value: number(size, size < 9.95 && size >= 0.05 ? 1 : 0), unit: '%' });
  if (Number(size.toFixed(1)) === 0) return `±${text({ value: '0', unit: '%' })}`;
  return `${change > 0 ? '+' : '−'}${written}`;
}
