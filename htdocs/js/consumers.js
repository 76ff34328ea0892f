// @ts-check
// Who uses it: what the rows of `/api/consumers` mean, beside what people have set; which of them are looked for, in
// which order, and what they come to together. Pure.

import { isKnown } from './format.js';
import { parseTime } from './time.js';

/** @typedef {import('./choice.js').Kind} Kind */
/** @typedef {'measured' | 'unknown' | 'notMetered' | 'off'} Look */
/** @typedef {import('./choice.js').Choice} Choice */
/**
 * @typedef {object} Consumer
 * @property {number} id of its element, or of the group
 * @property {Kind} kind
 * @property {number | null} pduID null of a group
 * @property {string} pdu
 * @property {number} number
 * @property {string | null} deviceName
 * @property {string} name what people call it
 * @property {string | null} note
 * @property {string | null} state on, off, or what the device says; null: cannot be switched
 * @property {number | null} bank
 * @property {number | null} phase
 * @property {number | null} members of a group: how many it has
 * @property {number[]} groups those that it is in
 * @property {boolean} isMetered
 * @property {Look} look of its power
 * @property {number | null} watts now
 * @property {number | null} minimum
 * @property {number | null} mean
 * @property {number | null} maximum
 * @property {number | null} maximumAt milliseconds
 * @property {number | null} kwh
 * @property {number | null} share 0…1
 * @property {number | null} coverage 0…1
 * @property {number | null} before kWh of the range that is compared with
 * @property {number | null} change of kWh against it: 0.1 is a tenth more
 * @property {boolean} isRough whether too much is missing on either side to compare well
 */

/** Less than this of the time known, and a comparison is rough. */
const ENOUGH = 0.9;

/**
 * One row of `/api/consumers`.
 * @param {Record<string, any>} row
 * @param {Record<string, any> | null | undefined} before the same one's row of the range that is compared with
 * @param {object} beside
 * @param {import('./settings.js').Own} beside.own what is set of it
 * @param {number[]} beside.groups those that it is in
 * @param {boolean} beside.isNow whether the answer is new enough to say anything of the present
 * @param {(kind: Kind, number: number) => string} beside.unnamed what one without a name is called
 * @returns {Consumer}
 */
export function toConsumer(row, before, { own, groups, isNow, unnamed }) {
  const deviceName = typeof row.name === 'string' && row.name.trim() !== '' ? row.name : null;
  const watts = isNow ? known(row.now_watts) : null;
  const state = isNow && typeof row.state === 'string' ? row.state : null;
  const [kwh, kwhBefore] = [known(row.kwh), known(before?.kwh)];
  return {
    id: Number(row.element_id ?? row.id), kind: row.kind, pduID: known(row.pdu_id), pdu: String(row.pdu ?? ''),
    number: Number(row.number ?? 0), deviceName, note: own.note, groups, state,
    name: own.label ?? deviceName ?? unnamed(row.kind, Number(row.number ?? 0)),
    bank: known(row.bank), phase: known(row.phase), members: known(row.members),
    isMetered: row.metered !== false, look: lookOf(row, watts, state), watts,
    minimum: known(row.min_power_watts), mean: known(row.avg_power_watts), maximum: known(row.max_power_watts),
    maximumAt: parseTime(row.max_power_at), kwh, share: known(row.share), coverage: known(row.coverage), before: kwhBefore,
    change: kwh === null || kwhBefore === null || kwhBefore <= 0 ? null : kwh / kwhBefore - 1,
    isRough: [row, before].some((one) => (known(one?.coverage) ?? 0) < ENOUGH),
  };
}

/** @param {unknown} value @returns {number | null} */
function known(value) {
  return isKnown(value) ? value : null;
}

/** @param {Record<string, any>} row @param {number | null} watts @param {string | null} state @returns {Look} */
function lookOf(row, watts, state) {
  if (state === 'off' && !watts) return 'off';
  if (row.metered === false) return 'notMetered';
  return watts === null ? 'unknown' : 'measured';
}

/**
 * Those that are looked for.
 * @param {Consumer[]} consumers
 * @param {Choice} choice
 */
export function found(consumers, { find, unit, bank, phase, member, state }) {
  const words = fold(find).split(/\s+/).filter(Boolean);
  return consumers.filter((one) => {
    if (unit !== null && one.pduID !== unit) return false;
    if (bank !== null && one.bank !== bank) return false;
    if (phase !== null && one.phase !== phase) return false;
    if (member !== null && !one.groups.includes(member)) return false;
    if (state !== null && !isIn(one, state)) return false;
    if (words.length === 0) return true;
    const text = fold([one.name, one.deviceName, one.pdu, one.note, one.number].join(' '));
    return words.every((word) => text.includes(word));
  });
}

/** @param {Consumer} consumer @param {string} wanted */
function isIn({ state, isMetered }, wanted) {
  if (wanted === 'metered') return isMetered;
  if (wanted === 'notMetered') return !isMetered;
  if (wanted === 'unknown') return state !== 'on' && state !== 'off';
  return state === wanted;
}

/** @param {string} text in small letters, without accents */
function fold(text) {
  return text.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLocaleLowerCase();
}

/**
 * In an order: what is not known comes last either way, and equals stand by PDU and number.
 * @param {Consumer[]} consumers
 * @param {Pick<Choice, 'sort' | 'isDescending'>} order
 * @returns {Consumer[]}
 */
export function ordered(consumers, { sort, isDescending }) {
  const sign = isDescending ? -1 : 1;
  const { compare } = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  /** @param {Consumer} a @param {Consumer} b */
  const byPlace = (a, b) => compare(a.pdu, b.pdu) || a.number - b.number || a.id - b.id;
  return [...consumers].sort((a, b) => {
    if (sort === 'name') return sign * compare(a.name, b.name) || byPlace(a, b);
    const [one, other] = [a[sort], b[sort]];
    if (one === null || other === null) return Number(one === null) - Number(other === null) || byPlace(a, b);
    return sign * (one - other) || byPlace(a, b);
  });
}

/**
 * @typedef {object} Total
 * @property {number} count
 * @property {number} metered
 * @property {number | null} watts
 * @property {number} wattsOf how many it is the sum of
 * @property {number | null} mean
 * @property {number | null} kwh
 * @property {number} kwhOf how many it is the sum of
 * @property {number | null} share
 * @property {number | null} coverage the mean of those that are metered
 * @property {number | null} before of those of which both are known
 * @property {number | null} change of the same
 */

/**
 * What they come to together. Highest and lowest do not add: they are of different minutes.
 * @param {Consumer[]} consumers
 * @returns {Total}
 */
export function totalOf(consumers) {
  const metered = consumers.filter(({ isMetered, kwh }) => isMetered || kwh !== null);
  const both = consumers.filter(({ kwh, before }) => kwh !== null && before !== null);
  const [now, before] = [sum(both.map(({ kwh }) => kwh)), sum(both.map((one) => one.before))];
  return {
    count: consumers.length, metered: metered.length,
    watts: sum(consumers.map(({ watts }) => watts)), wattsOf: consumers.filter(({ watts }) => watts !== null).length,
    mean: sum(consumers.map(({ mean }) => mean)), kwh: sum(consumers.map(({ kwh }) => kwh)),
    kwhOf: consumers.filter(({ kwh }) => kwh !== null).length, share: sum(consumers.map(({ share }) => share)),
    coverage: metered.length === 0 ? null : (sum(metered.map(({ coverage }) => coverage ?? 0)) ?? 0) / metered.length,
    before, change: now === null || before === null || before <= 0 ? null : now / before - 1,
  };
}

/** @param {(number | null)[]} values @returns {number | null} null where none is known */
function sum(values) {
  const those = values.filter(isKnown);
  return those.length > 0 ? those.reduce((all, value) => all + value, 0) : null;
}

/**
 * What lies between the units and their parts: of all of them, where it is known of all.
 * @param {Record<string, any>[]} residual of `/api/consumers`
 * @returns {{ pduID: number, unit: number | null, kwh: number | null }[]}
 */
export function toResidual(residual) {
  return residual.map((one) => ({ pduID: Number(one.pdu_id), unit: known(one.unit_kwh), kwh: known(one.residual_kwh) }));
}
