// @ts-check
// The table as rows of a file: the same consumers in the same order, numbers as exact as they are known, and times both
// in UTC and by the site's clocks.

import { parseTime } from '../../time.js';

/** @typedef {import('../../consumers.js').Consumer} Consumer */
/** @typedef {import('./data.js').Known} Known */

const HEAD = [
  'row', 'name', 'device_name', 'pdu', 'kind', 'number', 'id', 'state', 'metered', 'start_utc', 'start_local', 'end_utc', 'end_local', 'timezone',
  'now_w', 'min_w', 'mean_w', 'max_w', 'max_at_utc', 'max_at_local', 'energy_kwh', 'share_percent', 'coverage_percent',
];
const COMPARED = ['compared_start_local', 'compared_end_local', 'compared_energy_kwh', 'change_percent'];

/**
 * @param {Known} known
 * @param {Consumer[]} consumers as they stand
 * @param {import('./bars.js').Rest[]} residual
 * @param {import('../../consumers.js').Total | null} total null: they cannot be added
 * @param {import('../../time.js').SiteCalendar} calendar
 * @returns {(string | number | null)[][]}
 */
export function fileRows(known, consumers, residual, total, calendar) {
  const { start, end, kind, beforeRange } = known;
  const range = [...both(start, calendar), ...both(end, calendar), calendar.zone];
  const isCompared = known.before !== null && beforeRange !== null;
  /** @param {number | null} kwh @param {number | null} change */
  const compared = (kwh, change) => (isCompared ? [beforeRange.start, beforeRange.end, kwh, percent(change)] : []);
  return [
    [...HEAD, ...(isCompared ? COMPARED : [])],
    ...consumers.map((one) => [
      'consumer', one.name, one.deviceName, one.kind === 'group' ? null : one.pdu, one.kind, one.kind === 'group' ? null : one.number, one.id, one.state,
      one.isMetered ? 'yes' : 'no', ...range, one.watts, one.minimum, one.mean, one.maximum,
      ...(one.maximumAt === null ? [null, null] : both(new Date(one.maximumAt).toISOString(), calendar)), one.kwh, percent(one.share),
      percent(one.coverage), ...compared(one.before, one.change),
    ]),
    ...residual.map(({ name, kwh, share }) => [
      'residual', name, null, null, kind, null, null, null, null, ...range, null, null, null, null, null, null, Number.isNaN(kwh) ? null : kwh, percent(share),
      null, ...compared(null, null),
    ]),
    ...(total ? [[
      'total', null, null, null, kind, null, null, null, null, ...range, total.watts, null, total.mean, null, null, null, total.kwh, percent(total.share),
      percent(total.coverage), ...compared(total.before, total.change),
    ]] : []),
  ];
}

/** A moment in UTC and by the site's clocks. @param {string} text @param {import('../../time.js').SiteCalendar} calendar */
function both(text, calendar) {
  const moment = parseTime(text);
  if (moment === null) return [null, text];
  const minutes = calendar.offset(moment);
  const local = new Date(moment + minutes * 60_000).toISOString().slice(0, 19);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((n) => String(n).padStart(2, '0'));
  return [new Date(moment).toISOString().replace('.000', ''), `${local}${minutes < 0 ? '-' : '+'}${hours}:${rest}`];
}

/** @param {number | null} share */
function percent(share) {
  return share === null ? null : share * 100;
}

/** @param {Known} known */
export function fileName({ kind, start, end }) {
  return `pdu-monitor-${kind}-${start.slice(0, 16)}-${end.slice(0, 16)}.csv`.replaceAll(':', '');
}
