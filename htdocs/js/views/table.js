// @ts-check
// The chart's data as a table: the same intervals and figures, one unit for each column.

import { make } from '../dom.js';
import { UNKNOWN, energyIn, energyScale, percent, powerIn, powerUnit, text } from '../format.js';
import { isGap, isMissingSome, membersOf } from '../series.js';
import { strings } from '../strings.js';

/** @typedef {import('../series.js').Bucket} Bucket */
/** @typedef {import('../series.js').Members} Members */

/**
 * @param {Bucket[]} buckets
 * @param {Record<string, any>} statistics
 * @param {(bucket: Bucket) => string} nameOf the interval in words
 * @param {string} caption
 */
export function makeTable(buckets, statistics, nameOf, caption) {
  const words = strings.table;
  const energy = energyScale(buckets.map((bucket) => bucket.kwh));
  const total = energyScale([statistics.total_kwh]);
  const unit = powerUnit(buckets.map((bucket) => bucket.maximum ?? bucket.mean));
  // Said where it matters only: where some PDU is missing from some sum.
  const hasMissing = buckets.some(isMissingSome) || isMissingSome(membersOf(statistics));
  const heads = [words.interval, words.energy(energy.unit), words.mean(unit), words.minimum(unit), words.maximum(unit),
    words.coverage, ...(hasMissing ? [words.members] : [])];
  const rows = buckets.map((bucket) => make('tr', { class: isGap(bucket) ? 'gap' : bucket.isPartial ? 'partial' : '' },
    make('th', { scope: 'row' }, nameOf(bucket) + (bucket.isPartial ? ` (${strings.chart.partial})` : '')),
    ...[energyIn(bucket.kwh, energy), powerIn(bucket.mean, unit), powerIn(bucket.minimum, unit),
      powerIn(bucket.maximum, unit), bucket.coverage === null && isGap(bucket) ? UNKNOWN : text(percent(bucket.coverage)),
      ...(hasMissing ? [inTheSum(bucket)] : [])]
      .map((value) => make('td', {}, value))));
  const inEnergy = total.unit === energy.unit ? energy : total;
  const sum = energyIn(statistics.total_kwh, inEnergy) + (inEnergy === energy ? '' : ` ${total.unit}`);
  const foot = make('tr', {}, make('th', { scope: 'row' }, words.total),
    ...[sum, powerIn(statistics.avg_power_watts, unit), powerIn(statistics.min_power_watts, unit),
      powerIn(statistics.max_power_watts, unit), text(percent(statistics.coverage)),
      ...(hasMissing ? [inTheSum(membersOf(statistics))] : [])]
      .map((value) => make('td', {}, value)));
  return make('table', {}, make('caption', {}, caption),
    make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head)))),
    make('tbody', {}, ...rows.reverse()), make('tfoot', {}, foot));
}

/** @param {Members} members */
function inTheSum({ members, of }) {
  return members === null || of === null ? UNKNOWN : strings.now.members(members, of);
}
