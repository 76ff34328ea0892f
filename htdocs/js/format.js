// @ts-check
// Numbers as people read them: W below 1000, then kW; kWh by size; an unknown is an en dash, never 0.
// Pure: values in, text out.

import { locale } from './locale.js';
import { strings } from './strings.js';

/** What stands for a value that is not known. */
export const UNKNOWN = '–';

/** Between thousands, and between a number and its unit: narrow, and never broken. */
const THIN_SPACE = '\u202f';

/** @typedef {{ value: string, unit: string }} Quantity a number and its unit, both text; no unit when unknown */
/** @typedef {'W' | 'kW'} PowerUnit */
/** @typedef {'kWh' | 'MWh'} EnergyUnit */

/** By decimals: what writes a number, and what it puts between thousands. @type {Map<number, { format: (value: number) => string, group: string }>} */
const formatters = new Map();

/**
 * A number with `digits` decimals and thin spaces between thousands.
 * @param {number} value
 * @param {number} digits
 */
export function number(value, digits) {
  let formatter = formatters.get(digits);
  if (!formatter) {
    const numbers = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const group = numbers.formatToParts(12_345_678).find(({ type }) => type === 'group')?.value ?? THIN_SPACE;
    formatter = { format: numbers.format, group };
    formatters.set(digits, formatter);
  }
  // Taking every number apart costs more than writing it.
  const text = formatter.format(isNegativeZero(value, digits) ? 0 : value);
  return Math.abs(value) < 999 ? text : text.replaceAll(formatter.group, THIN_SPACE);
}

/**
 * Whether `value` would be written as -0.
 * @param {number} value
 * @param {number} digits
 */
function isNegativeZero(value, digits) {
  return value <= 0 && Number(value.toFixed(digits)) === 0;
}

/**
 * Whether `value` is a number that can be shown.
 * @param {unknown} value
 * @returns {value is number}
 */
export function isKnown(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

/**
 * Power: whole watts below 1000, then kilowatts with two decimals; tenths below 10 W unless whole.
 * @param {number | null | undefined} watts
 * @returns {Quantity}
 */
export function power(watts) {
  if (!isKnown(watts)) return { value: UNKNOWN, unit: '' };
  return { value: powerIn(watts, powerUnit([watts])), unit: powerUnit([watts]) };
}

/**
 * The unit in which all of `watts` are best shown together.
 * @param {(number | null | undefined)[]} watts
 * @returns {PowerUnit}
 */
export function powerUnit(watts) {
  return watts.some((value) => isKnown(value) && Math.round(Math.abs(value)) >= 1000) ? 'kW' : 'W';
}

/**
 * Power in a unit chosen beforehand, without the unit's name.
 * @param {number | null | undefined} watts
 * @param {PowerUnit} unit
 */
export function powerIn(watts, unit) {
  if (!isKnown(watts)) return UNKNOWN;
  if (unit === 'kW') return number(watts / 1000, 2);
  return number(watts, Math.abs(watts) < 9.95 && !Number.isInteger(watts) ? 1 : 0);
}

/** Decimals of kWh by size: below the limit, that many. */
const ENERGY_STEPS = [
  { below: 0.1, digits: 3 },
  { below: 100, digits: 2 },
  { below: 10_000, digits: 1 },
];

/**
 * Energy: below 0.1 kWh three decimals, below 100 two, below 10 000 one, then MWh with two.
 * @param {number | null | undefined} kilowattHours
 * @returns {Quantity}
 */
export function energy(kilowattHours) {
  if (!isKnown(kilowattHours)) return { value: UNKNOWN, unit: '' };
  if (kilowattHours === 0) return { value: number(0, 2), unit: 'kWh' };
  const size = Math.abs(kilowattHours);
  const step = ENERGY_STEPS.find(({ below, digits }) => Number(size.toFixed(digits)) < below);
  if (step) return { value: number(kilowattHours, step.digits), unit: 'kWh' };
  return { value: number(kilowattHours / 1000, 2), unit: 'MWh' };
}

/**
 * The unit and decimals in which all of `kilowattHours` are best shown together: those of the largest.
 * @param {(number | null | undefined)[]} kilowattHours
 * @returns {{ unit: EnergyUnit, digits: number }}
 */
export function energyScale(kilowattHours) {
  const largest = Math.max(0, ...kilowattHours.filter(isKnown).map(Math.abs));
  const step = ENERGY_STEPS.find(({ below, digits }) => Number(largest.toFixed(digits)) < below);
  if (largest === 0) return { unit: 'kWh', digits: 2 };
  return step ? { unit: 'kWh', digits: step.digits } : { unit: 'MWh', digits: 2 };
}

/**
 * Energy in a scale chosen beforehand, without the unit's name.
 * @param {number | null | undefined} kilowattHours
 * @param {{ unit: EnergyUnit, digits: number }} scale
 */
export function energyIn(kilowattHours, scale) {
  if (!isKnown(kilowattHours)) return UNKNOWN;
  return number(scale.unit === 'MWh' ? kilowattHours / 1000 : kilowattHours, scale.digits);
}

/**
 * The decimals in which all of `amperes` are best shown together: one, or two where some device gives that many.
 * @param {(number | null | undefined)[]} amperes
 */
export function currentDecimals(amperes) {
  return amperes.some((value) => isKnown(value) && Math.abs(value * 10 - Math.round(value * 10)) > 1e-6) ? 2 : 1;
}

/**
 * A number with `digits` decimals and its unit.
 * @param {number | null | undefined} value
 * @param {string} unit
 * @param {number} digits
 * @returns {Quantity}
 */
export function measure(value, unit, digits) {
  return isKnown(value) ? { value: number(value, digits), unit } : { value: UNKNOWN, unit: '' };
}

/**
 * Apparent power: whole volt-amperes below 1000, then kVA with two decimals.
 * @param {number | null | undefined} voltAmperes
 * @returns {Quantity}
 */
export function apparentPower(voltAmperes) {
  const { value, unit } = power(voltAmperes);
  return { value, unit: unit.replace('W', 'VA') };
}

/**
 * A share of 1 in whole per cent, rounded down: 100 % is said only of all.
 * @param {number | null | undefined} ratio
 * @returns {Quantity}
 */
export function percent(ratio) {
  if (!isKnown(ratio)) return { value: UNKNOWN, unit: '' };
  return { value: number(Math.floor(Math.min(Math.max(ratio, 0), 1) * 100 + 1e-9), 0), unit: '%' };
}

/**
 * A quantity as one piece of text.
 * @param {Quantity} quantity
 */
export function text(quantity) {
  return quantity.unit ? `${quantity.value}${THIN_SPACE}${quantity.unit}` : quantity.value;
}

/**
 * How long ago: "12 s ago", "4 min ago", "3 h ago", "5 days ago".
 * @param {number | null | undefined} seconds
 */
export function age(seconds) {
  if (!isKnown(seconds)) return UNKNOWN;
  if (seconds < 2) return strings.units.now;
  if (seconds < 60) return strings.units.seconds(Math.floor(seconds));
  if (seconds < 3600) return strings.units.minutes(Math.floor(seconds / 60));
  if (seconds < 48 * 3600) return strings.units.hours(Math.floor(seconds / 3600));
  return strings.units.days(Math.floor(seconds / 86_400));
}

/**
 * A length of time in one unit: "7 minutes".
 * @param {number} seconds
 */
export function duration(seconds) {
  const words = strings.units.duration;
  if (seconds < 60) return words.seconds(Math.floor(seconds));
  if (seconds < 2 * 3600) return words.minutes(Math.floor(seconds / 60));
  if (seconds < 48 * 3600) return words.hours(Math.floor(seconds / 3600));
  return words.days(Math.floor(seconds / 86_400));
}
