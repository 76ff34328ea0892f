// @ts-check
// What happened in the range that is shown, and where on a chart's line of time it stands.

import { get } from './api.js';
import { asApiError } from './dashboard.js';
import { keptSignal } from './kept.js';
import { selectionOf } from './past.js';
import { parseTime } from './time.js';

/** @typedef {import('./series.js').Bucket} Bucket */
/** @typedef {Record<string, any>} Happening one of `/api/events` */

/** So many are asked for, the newest. */
const MOST = 200;

/** What happened, and the request that renews it. */
export class Happenings {
  constructor() {
    /** @type {{ key: string, items: Happening[] } | null} */
    this.known = null;
    /** @type {import('./api.js').ApiError | null} */
    this.problem = null;
    this.request = new AbortController();
  }

  /**
   * A text that is equal for the same question.
   * @param {import('./state.js').View} view @param {import('./range.js').Range} range
   */
  keyOf(view, { start, end }) {
    return `start=${encodeURIComponent(start)}&end=${encodeURIComponent(end)}${selectionOf(view)}`;
  }

  /** @param {import('./state.js').View} view @param {import('./range.js').Range} range */
  async load(view, range) {
    this.request.abort();
    const { signal } = (this.request = new AbortController());
    const key = this.keyOf(view, range);
    /** @param {AbortSignal} by */
    const ask = async (by) => {
      const { data } = await get(`api/events?limit=${MOST}&${key}`, by);
      this.known = { key, items: Array.isArray(data) ? data : [] };
    };
    try {
      await ask(signal);
      this.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = asApiError(error);
      if (this.known?.key !== key) await ask(keptSignal()).catch(() => {});
    }
  }

  /** What happened in that range; null: not known. @param {import('./state.js').View} view @param {import('./range.js').Range} range */
  of(view, range) {
    return this.known?.key === this.keyOf(view, range) ? this.known.items : null;
  }
}

/**
 * Where things stand among the buckets, the first first: those that are nearer than `nearest` stand together.
 * @param {Happening[]} items
 * @param {Pick<Bucket, 'start' | 'end'>[]} buckets
 * @param {number} nearest as a share of the whole width
 * @returns {{ at: number, items: Happening[] }[]} `at` as a share of the whole width
 */
export function placed(items, buckets, nearest) {
  const points = items.flatMap((item) => {
    const at = parseTime(item.at);
    if (at === null) return [];
    const index = buckets.findIndex(({ start, end }) => start !== null && end !== null && start <= at && at < end);
    const bucket = buckets[index];
    if (!bucket || bucket.start === null || bucket.end === null) return [];
    return [{ at: (index + (at - bucket.start) / (bucket.end - bucket.start)) / buckets.length, item }];
  }).sort((a, b) => a.at - b.at);
  /** @type {{ at: number, items: Happening[] }[]} */
  const groups = [];
  for (const { at, item } of points) {
    const last = groups[groups.length - 1];
    if (last && at - last.at < nearest) last.items.push(item);
    else groups.push({ at, items: [item] });
  }
  return groups;
}
