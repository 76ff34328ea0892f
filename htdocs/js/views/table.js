// @ts-check
// The chart's data as a table: the same intervals and figures, one unit for each column, the newest first.

import { make } from '../dom.js';
import { UNKNOWN, energyIn, energyScale, number, percent, powerIn, powerUnit, text } from '../format.js';
import { isGap, isMissingSome } from '../series.js';
import { strings } from '../strings.js';

/** @typedef {import('../series.js').Bucket} Bucket */
/** @typedef {import('../past.js').Past} Past */

/** More rows than that nobody reads, and browsers are slow with. */
const MOST_ROWS = 3000;

/**
 * @param {Past} past
 * @param {(bucket: Bucket) => string} nameOf the interval in words
 * @param {(bucket: Bucket) => HTMLElement | null} linkOf where its parts are to be seen
 * @param {{ name: string, kwh: (number | null)[] }[]} slices of the energy
 * @param {(bucket: Bucket) => void} explain says why the energy is what it is
 * @param {string} caption
 */
export function makeTable({ buckets, sum, compared }, nameOf, linkOf, slices, explain, caption) {
  const words = strings.table;
  const energy = energyScale([...buckets.map((bucket) => bucket.kwh), ...(compared?.buckets ?? []).map((bucket) => bucket?.kwh)]);
  const total = energyScale([sum.kwh]);
  const unit = powerUnit(buckets.map((bucket) => bucket.maximum ?? bucket.mean));
  // Said where it matters only: where some PDU is missing from some sum.
  const hasMissing = buckets.some(isMissingSome);
  const shown = buckets.filter(({ isAhead }) => !isAhead);
  const newest = shown.slice(-MOST_ROWS);
  /** @param {Bucket} bucket */
  const energyOf = (bucket) => {
    const figure = energyIn(bucket.kwh, energy);
    if (bucket.kwh === null) return figure;
    const button = make('button', { type: 'button', class: 'figure-button', 'aria-label': words.explain(`${figure} ${energy.unit}`, nameOf(bucket)) }, figure);
    button.addEventListener('click', () => explain(bucket));
    return button;
  };
  const heads = [words.interval, words.energy(energy.unit), ...(compared ? [strings.compared.tableEnergy(energy.unit)] : []),
    ...slices.map(({ name }) => `${name} (${energy.unit})`), words.mean(unit), words.minimum(unit), words.maximum(unit),
    words.coverage, ...(hasMissing ? [words.members] : [])];
  const rows = newest.map((bucket) => make('tr', { class: isGap(bucket) ? 'gap' : bucket.isPartial ? 'partial' : '' },
    make('th', { scope: 'row' }, linkOf(bucket) ?? nameOf(bucket), bucket.isPartial ? ` (${strings.chart.partial})` : ''),
    ...[energyOf(bucket), ...(compared ? [energyIn(compared.buckets[bucket.position]?.kwh, energy)] : []),
      ...slices.map(({ kwh }) => energyIn(kwh[bucket.position], energy)),
      powerIn(bucket.mean, unit), powerIn(bucket.minimum, unit),
      powerIn(bucket.maximum, unit), bucket.coverage === null && isGap(bucket) ? UNKNOWN : text(percent(bucket.coverage)),
      ...(hasMissing ? [inTheSum(bucket)] : [])]
      .map((value) => make('td', {}, value))));
  const inEnergy = total.unit === energy.unit ? energy : total;
  /** @param {number | null} kwh */
  const whole = (kwh) => energyIn(kwh, inEnergy) + (inEnergy === energy || kwh === null ? '' : ` ${total.unit}`);
  const foot = make('tr', {}, make('th', { scope: 'row' }, words.total),
    ...[whole(sum.kwh), ...(compared ? [whole(compared.whole.kwh)] : []),
      ...slices.map(({ kwh }) => whole(kwh.reduce((/** @type {number | null} */ all, value) => (value === null ? all : (all ?? 0) + value), null))),
      powerIn(sum.mean, unit), powerIn(sum.minimum, unit), powerIn(sum.maximum, unit), text(percent(sum.coverage)),
      ...(hasMissing ? [''] : [])]
      .map((value) => make('td', {}, value)));
  const note = newest.length < shown.length ? ` ${words.newest(number(MOST_ROWS, 0))}` : '';
  return make('table', {}, make('caption', {}, caption + note),
    make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head)))),
    make('tbody', {}, ...rows.reverse()), make('tfoot', {}, foot));
}

/** @param {import('../series.js').Members} members */
function inTheSum({ members, of }) {
  return members === null || of === null ? UNKNOWN : strings.now.members(members, of);
}
