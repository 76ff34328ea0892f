// @ts-check
// The mean power of the hours of the week, over a range of whole weeks or longer: asked for when the range changes,
// and once an hour.

import { get } from './api.js';
import { isKnown } from './format.js';
import { addDays, dateOf, daysBetween } from './range.js';
import { selectionOf } from './past.js';
import { asApiError } from './dashboard.js';

/** @typedef {import('./range.js').Range} Range */
/**
 * @typedef {object} Heat
 * @property {Range} range
 * @property {(number | null)[][]} power watts: of Monday first, of each hour
 * @property {(number | null)[][]} coverage
 * @property {string} selection
 */

/** The shortest range in which each hour of the week is there more than once; shorter ones show so many days. */
const LEAST_DAYS = 28;
const HOUR = 3_600_000;

/**
 * The range of the heat map for a range that is shown: the same, or the four weeks that end with it.
 * @param {Range} range @param {string} today
 * @returns {Range}
 */
export function heatRange({ start, end }, today) {
  const tomorrow = addDays(today, 1);
  const last = end.length > 10 ? addDays(dateOf(end), 1) : end;
  const until = last > tomorrow && dateOf(start) < tomorrow ? tomorrow : last;
  return daysBetween(dateOf(start), until) >= LEAST_DAYS ? { start: dateOf(start), end: until } : { start: addDays(until, -LEAST_DAYS), end: until };
}

/** The heat map, and the request that renews it. */
export class HeatData {
  constructor() {
    /** @type {Heat | null} */
    this.heat = null;
    /** @type {import('./api.js').ApiError | null} */
    this.problem = null;
    this.key = '';
    this.request = new AbortController();
  }

  /**
   * Asks, unless what is there is new enough.
   * @param {import('./state.js').View} view @param {Range} range that is shown @param {string} today @param {number} now
   */
  async load(view, range, today, now) {
    const of = heatRange(range, today);
    const selection = selectionOf(view);
    const key = `${of.start} ${of.end}${selection} ${Math.floor(now / HOUR)}`;
    if (key === this.key && this.problem === null) return;
    this.key = key;
    this.request.abort();
    const { signal } = (this.request = new AbortController());
    try {
      const { data } = await get(`api/heatmap?start=${of.start}&end=${of.end}${selection}`, signal);
      this.heat = { range: of, power: tableOf(data?.avg_power), coverage: tableOf(data?.coverage), selection };
      this.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      const problem = asApiError(error);
      // An older server has none, and nothing is wrong with that.
      this.problem = problem.status === 404 ? null : problem;
      if (problem.status === 404) this.heat = null;
    }
  }
}

/** @param {unknown} rows @returns {(number | null)[][]} seven rows of 24 */
function tableOf(rows) {
  /** @param {unknown} row @param {number} hour */
  const at = (row, hour) => (Array.isArray(row) && isKnown(row[hour]) ? row[hour] : null);
  return Array.from({ length: 7 }, (_, day) => Array.from({ length: 24 }, (_each, hour) => at(Array.isArray(rows) ? rows[day] : null, hour)));
}
