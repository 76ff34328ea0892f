// @ts-check
// The API's columns as buckets, and what a chart or a table needs of them: runs without gaps, the outline of
// the band, ticks. Pure. Buckets stand one beside the other at positions 0, 1, 2…, each as wide as the next, so
// that a day of 23 or 25 hours needs no special case.

import { isKnown } from './format.js';
import { parseTime } from './time.js';

/** @typedef {import('./time.js').Grain} Grain */
/** @typedef {import('./time.js').SiteCalendar} SiteCalendar */
/**
 * @typedef {object} Bucket
 * @property {number} position its place on the axis; it reaches half a step to either side
 * @property {string} label as the API names it
 * @property {number | null} start milliseconds; null when the API does not say
 * @property {number | null} end
 * @property {number | null} kwh null: not known
 * @property {number | null} mean watts
 * @property {number | null} minimum watts
 * @property {number | null} maximum watts
 * @property {number | null} coverage 0…1 of the elapsed part
 * @property {boolean} isPartial not over yet
 * @property {boolean} isInterpolated whether the energy is from a counter that bridges a gap
 * @property {number | null} members of how many PDUs something is known
 * @property {number | null} of how many PDUs there were
 */
/** @typedef {{ position: number, label: string }} Tick */
/** @typedef {{ members: number | null, of: number | null }} Members how many PDUs are in a sum, of how many */

/**
 * The answer of `/api/power-data` as buckets. Only the contract's columns are needed.
 * @param {Record<string, any>} data
 * @returns {Bucket[]}
 */
export function toBuckets(data) {
  const labels = Array.isArray(data.labels) ? data.labels : [];
  return labels.map((label, position) => ({
    position,
    label: String(label),
    start: parseTime(data.starts?.[position]),
    end: parseTime(data.ends?.[position]),
    kwh: known(data.kwh?.[position]),
    mean: known(data.avg_power?.[position]),
    minimum: known(data.min_power?.[position]),
    maximum: known(data.max_power?.[position]),
    coverage: known(data.coverage?.[position]),
    isPartial: data.partial?.[position] === true,
    isInterpolated: data.method?.[position] === 'interpolated',
    members: known(data.members_covered?.[position]),
    of: known(data.members_total?.[position]),
  }));
}

/** @param {unknown} value @returns {number | null} */
function known(value) {
  return isKnown(value) ? value : null;
}

/**
 * Whether nothing at all is known of it.
 * @param {Bucket} bucket
 */
export function isGap(bucket) {
  return bucket.kwh === null && bucket.mean === null;
}

/**
 * Below this share a bucket is marked as incomplete; less than that is lost in the ordinary, such as one poll.
 */
const COMPLETE = 0.95;

/**
 * Whether it is over and a good part of it was not measured.
 * @param {Bucket} bucket
 */
export function isIncomplete(bucket) {
  return !isGap(bucket) && !bucket.isPartial && bucket.coverage !== null && bucket.coverage < COMPLETE;
}

/**
 * Whether some PDU is missing from a sum.
 * @param {Members} sum
 */
export function isMissingSome({ members, of }) {
  return members !== null && of !== null && members < of;
}

/**
 * How many PDUs are in the sum of a whole period.
 * @param {Record<string, any>} statistics of `/api/statistics`
 * @returns {Members}
 */
export function membersOf(statistics) {
  return { members: known(statistics.members_covered), of: known(statistics.members_total) };
}

/**
 * Runs of neighbouring buckets in which `has` holds.
 * @param {Bucket[]} buckets
 * @param {(bucket: Bucket) => boolean} has
 * @returns {Bucket[][]}
 */
export function runs(buckets, has) {
  /** @type {Bucket[][]} */
  const found = [];
  let isOpen = false;
  for (const bucket of buckets) {
    if (!has(bucket)) {
      isOpen = false;
    } else if (isOpen) {
      found[found.length - 1]?.push(bucket);
    } else {
      found.push([bucket]);
      isOpen = true;
    }
  }
  return found;
}

/** Half the width that a lone bucket's band gets. */
const LONE_HALF_WIDTH = 0.3;

/**
 * The outline of the minimum–maximum band: one closed polygon for each run, divided by nulls.
 * @param {Bucket[]} buckets
 * @returns {{ x: (number | null)[], y: (number | null)[] }}
 */
export function bandOutline(buckets) {
  /** @type {(number | null)[]} */
  const x = [];
  /** @type {(number | null)[]} */
  const y = [];
  for (const run of runs(buckets, (bucket) => bucket.minimum !== null && bucket.maximum !== null)) {
    const points = run.length > 1
      ? run.map((bucket) => ({ x: bucket.position, low: bucket.minimum, high: bucket.maximum }))
      : [-LONE_HALF_WIDTH, LONE_HALF_WIDTH].flatMap((step) =>
        run.map((bucket) => ({ x: bucket.position + step, low: bucket.minimum, high: bucket.maximum })));
    if (x.length > 0) {
      x.push(null);
      y.push(null);
    }
    const back = [...points].reverse();
    x.push(...points.map((point) => point.x), ...back.map((point) => point.x));
    y.push(...points.map((point) => point.high), ...back.map((point) => point.low));
  }
  return { x, y };
}

/**
 * The largest of what the axis of one quantity must hold.
 * @param {(number | null)[]} values
 */
export function largest(values) {
  return Math.max(0, ...values.filter(isKnown));
}

/**
 * The positions between two buckets where the site's clocks change.
 * @param {Bucket[]} buckets
 * @param {SiteCalendar} calendar
 * @returns {number[]}
 */
export function clockChanges(buckets, calendar) {
  return buckets.flatMap((bucket, index) => {
    const previous = buckets[index - 1];
    if (!previous || previous.start === null || bucket.start === null) return [];
    return calendar.offset(previous.start) === calendar.offset(bucket.start) ? [] : [bucket.position - 0.5];
  });
}

/**
 * Tick labels, at most `most` of them. Hours are named at the edge where they begin, days and months under the
 * middle of their bar; a second line says the day at midnight, the year in January.
 * @param {Bucket[]} buckets
 * @param {Grain} grain
 * @param {SiteCalendar} calendar
 * @param {number} most
 * @returns {Tick[]}
 */
export function ticks(buckets, grain, calendar, most) {
  const every = stride(buckets.length, grain, most);
  if (grain === 'hour') return hourTicks(buckets, calendar, every);
  // Counted from the newest, which always has a name.
  const chosen = buckets.filter((_, index) => (buckets.length - 1 - index) % every === 0);
  return chosen.map((bucket, index) => ({
    position: bucket.position,
    label: dateLabel(bucket, chosen[index - 1], grain, calendar, buckets.length <= 7),
  }));
}

/** @param {number} count @param {Grain} grain @param {number} most */
function stride(count, grain, most) {
  /** @type {Record<Grain, number[]>} */
  const steps = { hour: [1, 2, 3, 4, 6, 12, 24], day: [1, 2, 3, 5, 7, 10, 14], month: [1, 2, 3, 4, 6, 12] };
  return steps[grain].find((step) => count / step <= most) ?? Math.ceil(count / Math.max(most, 1));
}

/** @param {Bucket[]} buckets @param {SiteCalendar} calendar @param {number} every */
function hourTicks(buckets, calendar, every) {
  const changes = clockChanges(buckets, calendar).length > 0;
  return buckets.flatMap((bucket, index) => {
    if (bucket.start === null) {
      return index % every === 0 ? [{ position: bucket.position - 0.5, label: bucket.label }] : [];
    }
    const time = calendar.time(bucket.start);
    if (Number(time.slice(0, 2)) % every !== 0) return [];
    const name = changes ? calendar.timeWithZone(bucket.start) : time;
    return [{ position: bucket.position - 0.5, label: time.startsWith('00:') ? `${name}<br>${calendar.day(bucket.start)}` : name }];
  });
}

/**
 * @param {Bucket} bucket
 * @param {Bucket | undefined} before that of the tick before
 * @param {Grain} grain
 * @param {SiteCalendar} calendar
 * @param {boolean} isShort whether there is room for weekdays
 */
function dateLabel(bucket, before, grain, calendar, isShort) {
  if (bucket.start === null) return bucket.label;
  /** @param {Intl.DateTimeFormatOptions} options */
  const differs = (options) => typeof before?.start !== 'number' || bucket.start === null
    || calendar.words(before.start, options) !== calendar.words(bucket.start, options);
  if (grain === 'month') {
    const month = calendar.words(bucket.start, { month: 'short' });
    return differs({ year: 'numeric' }) ? `${month}<br>${calendar.words(bucket.start, { year: 'numeric' })}` : month;
  }
  const day = calendar.words(bucket.start, { day: 'numeric' });
  const month = calendar.words(bucket.start, { month: 'short' });
  if (isShort) return `${calendar.words(bucket.start, { weekday: 'short' })}<br>${day} ${month}`;
  return differs({ month: 'short' }) ? `${day}<br>${month}` : day;
}
