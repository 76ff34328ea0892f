// @ts-check
// What is known of the range that is shown, of what it is compared with, and of what its bars are made of. Asks; shows
// nothing.

import { get } from './api.js';
import { isKnown } from './format.js';
import { firstDay } from './locale.js';
import { comparisonOf, dateOf, rangeOf } from './range.js';
import { aligned, toBuckets } from './series.js';
import { dataKey, shownPDUs } from './state.js';
import { parseTime } from './time.js';

/** @typedef {import('./state.js').View} View */
/** @typedef {import('./series.js').Bucket} Bucket */
/** @typedef {import('./range.js').Range} Range */
/** @typedef {import('./time.js').SiteCalendar} SiteCalendar */
/**
 * @typedef {object} Sum one range in a few numbers
 * @property {number | null} kwh
 * @property {number | null} mean watts
 * @property {number | null} maximum watts
 * @property {number | null} maximumAt milliseconds
 * @property {number | null} minimum watts
 * @property {number | null} minimumAt milliseconds
 * @property {number | null} coverage 0…1
 * @property {number | null} firstReading milliseconds
 */
/**
 * @typedef {object} Slice one of what each bar is made of
 * @property {'pdu' | 'outlet' | 'group' | 'rest'} kind
 * @property {number | string} id
 * @property {string | null} name that somebody gave it
 * @property {number} number of an outlet
 * @property {string} pdu the name of its PDU
 * @property {number} pduID
 * @property {(number | null)[]} kwh one for each bucket
 * @property {number} count how many it stands for
 */
/**
 * @typedef {object} Past what is known of one view
 * @property {View} view
 * @property {Range} range
 * @property {SiteCalendar} calendar
 * @property {import('./time.js').Grain} grain
 * @property {Bucket[]} buckets
 * @property {Sum} sum
 * @property {Slice[]} slices empty: each bar is one piece
 * @property {string | null} sliceProblem why there are none though they are asked for
 * @property {{ range: import('./range.js').Compared, buckets: (Bucket | null)[], sum: Sum, whole: Sum } | null} compared
 */

/** So many pieces of a bar are told apart; what is beyond them is one. */
const MOST_SLICES = 9;

/**
 * Which range `view` shows at `now`, and which it is compared with.
 * @param {View} view @param {SiteCalendar} calendar @param {number} now
 */
export function rangesOf(view, calendar, now) {
  const civil = calendar.civil(now);
  return { range: rangeOf(view, dateOf(civil), firstDay), compared: comparisonOf(view, civil, firstDay), civil };
}

/**
 * What of the query names whose history it is.
 * @param {View} view
 */
export function selectionOf(view) {
  if (view.element !== null) return `&element_ids=${view.element}`;
  const ids = shownPDUs(view);
  return ids === null ? '' : `&pdu_ids=${ids.join(',')}`;
}

/**
 * Whose energies `view` shows, as `/api/explain` is asked: there is an account of one thing with more in it.
 * @param {View} view
 */
export function subjectOf(view) {
  const [only, ...others] = shownPDUs(view) ?? [];
  const one = view.element ?? (others.length === 0 ? only : undefined);
  return one === undefined ? selectionOf(view).slice(1) : `element=${one}`;
}

/**
 * What each bar is made of, where nobody has chosen.
 * @param {View} view
 * @returns {import('./state.js').Stack}
 */
export function stackOf(view) {
  if (view.element !== null) return 'none';
  if (view.pdu !== null) return view.stack === 'outlet' ? 'outlet' : 'none';
  return view.stack ?? 'pdu';
}

/**
 * Asks for the history of `view`.
 * @param {View} view @param {SiteCalendar} guess of the site's zone, before the first answer @param {number} now the server's time
 * @param {AbortSignal} signal
 * @returns {Promise<{ told: string, past: (calendar: SiteCalendar) => Past, zone: string | null, keptAt: number | null }>}
 *   `told` is equal as long as nothing is new
 */
export async function askPast(view, guess, now, signal) {
  const { range, compared } = rangesOf(view, guess, now);
  const selection = selectionOf(view);
  const resolution = `&resolution=${view.by ?? 'auto'}`;
  /** @param {Range} of @param {string} [more] */
  const ask = (of, more = resolution + selection) => get(`api/history?start=${of.start}&end=${of.end}${more}`, signal);
  const isByPDU = stackOf(view) === 'pdu';
  const part = compared?.partEnd && compared.partEnd > compared.start ? { start: compared.start, end: compared.partEnd } : null;
  const [main, other, beginning, stack] = await Promise.all([
    ask(range, `${resolution}${selection}${isByPDU ? '&each=1' : ''}`),
    compared ? ask(compared) : null,
    part ? ask(part) : null,
    isByPDU ? null : askSlices(view, range, resolution, signal),
  ]);
  const data = main.data ?? {};
  const told = JSON.stringify([dataKey(view), range, compared && [compared.start, compared.end], data, other?.data, beginning?.data, stack]);
  return {
    told, zone: data.timezone ?? null, keptAt: main.keptAt,
    past: (calendar) => {
      const buckets = toBuckets(data, now);
      return {
        view, range, calendar, buckets, grain: grainIn(data), sum: sumOf(data.sum),
        slices: isByPDU ? topSlices((data.series ?? []).map(sliceOfPDU), buckets, false) : topSlices(stack?.slices ?? [], buckets, true),
        sliceProblem: stack?.problem ?? null,
        compared: compared && other ? {
          range: compared, whole: sumOf(other.data?.sum),
          sum: compared.partEnd ? sumOf(beginning?.data?.sum) : sumOf(other.data?.sum),
          buckets: aligned(buckets, range, toBuckets(other.data ?? {}, now), compared, calendar),
        } : null,
      };
    },
  };
}

/** @param {Record<string, any>} data @returns {import('./time.js').Grain} */
function grainIn(data) {
  return ['minute', 'quarter_hour', 'hour', 'day', 'month'].includes(data.resolution) ? data.resolution : 'hour';
}

/**
 * The `sum` of an answer.
 * @param {Record<string, any> | undefined} sum
 * @returns {Sum}
 */
export function sumOf(sum) {
  /** @param {string} name */
  const known = (name) => (isKnown(sum?.[name]) ? sum[name] : null);
  return {
    kwh: known('kwh'), mean: known('avg_power_watts'), maximum: known('max_power_watts'), minimum: known('min_power_watts'),
    maximumAt: parseTime(sum?.max_power_at), minimumAt: parseTime(sum?.min_power_at),
    coverage: known('coverage'), firstReading: parseTime(sum?.first_reading),
  };
}

/** @param {Record<string, any>} series @returns {Slice} */
function sliceOfPDU(series) {
  return {
    kind: series.element_id === null ? 'rest' : 'pdu', id: Number(series.pdu_id ?? 0), name: series.pdu ?? series.name ?? null, number: 0,
    pdu: String(series.pdu ?? ''), pduID: Number(series.pdu_id ?? 0), kwh: series.kwh ?? [],
    count: Number(series.others ?? 1),
  };
}

/**
 * What the bars are made of, other than PDUs. A failure leaves the bars whole, and is said.
 * @param {View} view @param {Range} range @param {string} resolution @param {AbortSignal} signal
 * @returns {Promise<{ slices: Slice[], problem: string | null } | null>}
 */
async function askSlices(view, range, resolution, signal) {
  const stack = stackOf(view);
  if (stack === 'none') return null;
  try {
    return { slices: await (stack === 'group' ? askGroups : askOutlets)(view, range, resolution, signal), problem: null };
  } catch (error) {
    signal.throwIfAborted();
    return { slices: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {View} view @param {Range} range @param {string} resolution @param {AbortSignal} signal @returns {Promise<Slice[]>} */
async function askOutlets(view, { start, end }, resolution, signal) {
  const consumers = await get(`api/consumers?start=${start}&end=${end}&kind=outlet${selectionOf(view)}`, signal);
  const rows = (consumers.data?.rows ?? []).filter((/** @type {any} */ row) => isKnown(row.kwh) && row.kwh > 0)
    .sort((/** @type {any} */ a, /** @type {any} */ b) => b.kwh - a.kwh).slice(0, MOST_SLICES);
  if (rows.length === 0) return [];
  const ids = rows.map((/** @type {any} */ row) => row.element_id).join(',');
  const answer = await get(`api/history?start=${start}&end=${end}${resolution}&element_ids=${ids}&each=1`, signal);
  return (answer.data?.series ?? []).map((/** @type {any} */ one) => ({
    kind: 'outlet', id: Number(one.element_id), name: one.name ?? null, number: Number(one.number),
    pdu: String(one.pdu ?? ''), pduID: Number(one.pdu_id), kwh: one.kwh ?? [], count: 1,
  }));
}

/** @param {View} _view @param {Range} range @param {string} resolution @param {AbortSignal} signal @returns {Promise<Slice[]>} */
async function askGroups(_view, { start, end }, resolution, signal) {
  const groups = (await get('api/settings', signal)).data?.groups ?? [];
  const answers = await Promise.all(groups.filter((/** @type {any} */ group) => group.element_ids?.length > 0).slice(0, MOST_SLICES)
    .map(async (/** @type {any} */ group) => ({
      group, answer: await get(`api/history?start=${start}&end=${end}${resolution}&group_ids=${encodeURIComponent(group.id)}`, signal),
    })));
  return answers.map(({ group, answer }) => ({
    kind: 'group', id: group.id, name: String(group.name ?? ''), number: 0, pdu: '', pduID: 0,
    kwh: answer.data?.total?.kwh ?? [], count: 1,
  }));
}

/**
 * The largest slices, and what of each bucket is not theirs as one more. One alone is no slice.
 * @param {Slice[]} slices
 * @param {Bucket[]} buckets
 * @param {boolean} hasRest whether something may be in none of them
 * @returns {Slice[]}
 */
export function topSlices(slices, buckets, hasRest) {
  if (slices.length < (hasRest ? 1 : 2)) return [];
  /** @param {Slice} slice */
  const size = ({ kwh }) => kwh.reduce((/** @type {number} */ sum, value) => sum + (value ?? 0), 0);
  const named = slices.filter(({ kind }) => kind !== 'rest');
  const kept = new Set([...named].sort((a, b) => size(b) - size(a)).slice(0, MOST_SLICES));
  const top = named.filter((slice) => kept.has(slice));
  const beyond = slices.reduce((count, slice) => count + (kept.has(slice) ? 0 : slice.count), 0);
  if (beyond === 0 && !hasRest) return top;
  const kwh = buckets.map((bucket, index) => {
    if (bucket.kwh === null) return null;
    const rest = top.reduce((sum, slice) => sum - (slice.kwh[index] ?? 0), bucket.kwh);
    // What counters of two kinds differ by is not somebody's use.
    return rest > bucket.kwh * 1e-3 ? rest : 0;
  });
  if (!kwh.some((value) => value !== null && value > 0)) return top;
  return [...top, { kind: 'rest', id: 'rest', name: null, number: 0, pdu: '', pduID: 0, kwh, count: beyond }];
}
