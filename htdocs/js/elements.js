// @ts-check
// What the answers about the parts of a PDU mean: outlets, phases, banks. Pure. What is measured holds only while the
// PDU is online; an answer grows old while it is looked at, so whether it still is comes from outside.

import { isKnown } from './format.js';

/** @typedef {'outlet' | 'phase' | 'bank'} Kind */
/** @typedef {'on' | 'off' | 'unknown' | 'fixed'} SwitchState `fixed`: cannot be switched */
/** @typedef {'measured' | 'unknown' | 'notMetered' | 'off'} Look */
/** @typedef {'ordinary' | 'warning' | 'critical' | 'over'} Level `over`: more than its rating, without a threshold that says so */
/**
 * @typedef {object} Part
 * @property {number} id of its element
 * @property {Kind} kind
 * @property {number} number
 * @property {string | null} name that somebody gave it
 * @property {SwitchState} state
 * @property {string | null} stateSince
 * @property {Look} look
 * @property {number | null} watts
 * @property {boolean} isEstimate
 * @property {number | null} voltAmperes
 * @property {number | null} amperes
 * @property {number | null} volts
 * @property {number | null} powerFactor
 * @property {number | null} kwh the device's own counter
 * @property {number | null} ratedAmperes
 * @property {number | null} ratedWatts
 * @property {number | null} warningAmperes
 * @property {number | null} criticalAmperes
 * @property {number | null} load per cent of the rating
 * @property {Level} level
 * @property {number | null} bank
 * @property {number | null} phase
 * @property {(number | null)[]} hourly mean watts of the last hours, the oldest first
 */

/**
 * One element of `/api/pdus/{id}/outlets`, `/phases` or `/banks`.
 * @param {Record<string, any>} item
 * @param {Kind} kind
 * @param {boolean} isOnline whether its PDU is
 * @returns {Part}
 */
export function toPart(item, kind, isOnline) {
  /** @param {unknown} value */
  const measured = (value) => (isOnline ? known(value) : null);
  const part = {
    id: Number(item.element_id),
    kind,
    number: Number(item.number),
    name: typeof item.name === 'string' && item.name.trim() !== '' ? item.name : null,
    state: stateOf(item.state, isOnline),
    stateSince: isOnline && typeof item.state_since === 'string' ? item.state_since : null,
    watts: measured(item.power_watts),
    isEstimate: item.power_is_estimate === true,
    voltAmperes: measured(item.apparent_power_va),
    amperes: measured(item.current_amps),
    volts: measured(item.voltage_volts),
    powerFactor: measured(item.power_factor),
    kwh: measured(item.energy_kwh),
    ratedAmperes: known(item.rated_current_amps),
    ratedWatts: known(item.rated_power_watts),
    warningAmperes: known(item.warning_current_amps),
    criticalAmperes: known(item.critical_current_amps),
    load: measured(item.load_percent),
    bank: known(item.bank),
    phase: known(item.phase),
    hourly: hourlyOf(item.hourly_watts),
  };
  return { ...part, look: lookOf(part, isOnline), level: levelOf(part) };
}

/** @param {unknown} value @returns {number | null} */
function known(value) {
  return isKnown(value) ? value : null;
}

/**
 * The hours of `hourly_watts`.
 * @param {unknown} values
 * @returns {(number | null)[]}
 */
export function hourlyOf(values) {
  return Array.isArray(values) ? values.map(known) : [];
}

/** @param {unknown} state @param {boolean} isOnline @returns {SwitchState} */
function stateOf(state, isOnline) {
  if (!isOnline) return 'unknown';
  if (state === 'on' || state === 'off') return state;
  return state === null || state === undefined ? 'fixed' : 'unknown';
}

/**
 * Four different things: a number, perhaps 0; a number that is not there now; none, ever; and switched off, where 0
 * goes without saying.
 * @param {Pick<Part, 'state' | 'watts' | 'amperes' | 'kwh' | 'hourly'>} part
 * @param {boolean} isOnline
 * @returns {Look}
 */
function lookOf({ state, watts, amperes, kwh, hourly }, isOnline) {
  if (!isOnline) return 'unknown';
  if (state === 'off' && !watts) return 'off';
  if (watts !== null) return 'measured';
  return amperes === null && kwh === null && !hourly.some(isKnown) ? 'notMetered' : 'unknown';
}

/**
 * By the device's own thresholds, and by its rating where it has none: nothing is guessed.
 * @param {Pick<Part, 'amperes' | 'warningAmperes' | 'criticalAmperes' | 'load'>} part
 * @returns {Level}
 */
export function levelOf({ amperes, warningAmperes, criticalAmperes, load }) {
  if (amperes !== null && criticalAmperes !== null && amperes >= criticalAmperes) return 'critical';
  if (load !== null && load > 100) return 'over';
  if (amperes !== null && warningAmperes !== null && amperes >= warningAmperes) return 'warning';
  return 'ordinary';
}

/** @typedef {'number' | 'name' | 'watts'} SortKey */
/** @typedef {{ key: SortKey, isDescending: boolean }} Order */

/**
 * The parts in an order; what is not known comes last either way, and equals are in the order of their numbers.
 * @param {Part[]} parts
 * @param {Order} order
 * @param {(part: Part) => string} nameOf
 * @returns {Part[]}
 */
export function sorted(parts, { key, isDescending }, nameOf) {
  const sign = isDescending ? -1 : 1;
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return [...parts].sort((a, b) => {
    if (key === 'name') return sign * collator.compare(nameOf(a), nameOf(b)) || a.number - b.number;
    if (key === 'number') return sign * (a.number - b.number);
    if (a.watts === null || b.watts === null) return Number(a.watts === null) - Number(b.watts === null) || a.number - b.number;
    return sign * (a.watts - b.watts) || a.number - b.number;
  });
}

/**
 * How the outlets are, in numbers.
 * @param {Part[]} outlets
 */
export function countOutlets(outlets) {
  /** @param {(part: Part) => boolean} holds */
  const count = (holds) => outlets.filter(holds).length;
  return {
    all: outlets.length,
    on: count(({ state }) => state === 'on'),
    off: count(({ state }) => state === 'off'),
    unknown: count(({ state }) => state === 'unknown'),
    metered: count(({ look, watts, amperes, kwh, hourly }) =>
      watts !== null || amperes !== null || kwh !== null || hourly.some(isKnown) || look === 'unknown'),
  };
}
