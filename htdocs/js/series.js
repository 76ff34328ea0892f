// @ts-check
// The API's columns as buckets, and what a chart or a table needs of them: gaps, bars of a coarser grain, ticks. Pure.
// Buckets stand one beside the other at positions 0, 1, 2…, each as wide as the next, so that a day of 23 or 25 hours
// needs no special case.

import { isKnown } from './format.js';
import { placeIn } from './range.js';
import { parseTime } from './time.js';

/** @typedef {import('./time.js').Grain} Grain */
/** @typedef {import('./time.js').SiteCalendar} SiteCalendar */
/**
 * @typedef {object} Bucket
 * @property {number} position its place on the axis; it reaches half a step to either side
 * @property {number} start milliseconds
 * @property {number} end
 * @property {number | null} kwh null: not known
 * @property {number | null} mean watts
 * @property {number | null} minimum watts
 * @property {number | null} maximum watts
 * @property {number | null} coverage 0…1 of the elapsed part
 * @property {boolean} isPartial not over yet, or cut by the range
 * @property {boolean} isAhead wholly in the future, or so new that it may not have been read yet
 * @property {boolean} isInterpolated whether the energy is from a counter that bridges a gap
 * @property {number | null} members of how many PDUs something is known
 * @property {number | null} of how many PDUs there were
 */
/**
 * @typedef {object} Bar energy of one or more buckets
 * @property {number} first position
 * @property {number} last position
 * @property {number} start milliseconds
 * @property {number} end
 * @property {number | null} kwh
 * @property {number | null} coverage
 * @property {boolean} isPartial
 */
/** @typedef {{ position: number, label: string }} Tick */
/** @typedef {{ members: number | null, of: number | null }} Members how many PDUs are in a sum, of how many */
/** @typedef {{ first: number, last: number }} Run positions, both included */

/** A reading may come so late, in milliseconds, before it counts as missing. */
const PATIENCE = 150_000;

/** Above so many bars, those of a coarser grain say more. */
const MOST_BARS = 200;

/** @type {Grain[]} */
const GRAINS = ['minute', 'quarter_hour', 'hour', 'day', 'month'];

/** Minutes of a bucket, about. */
const MINUTES = { minute: 1, quarter_hour: 15, hour: 60, day: 1440, month: 43_200 };

/**
 * The answer of `/api/history` as buckets.
 * @param {Record<string, any>} data
 * @param {number} now the server's time
 * @returns {Bucket[]}
 */
export function toBuckets(data, now) {
  const starts = Array.isArray(data.starts) ? data.starts : [];
  const total = data.total ?? {};
  const most = Array.isArray(data.series) ? data.series.length : null;
  return starts.map((text, position) => {
    const start = parseTime(text) ?? 0;
    /** @param {string} column */
    const of = (column) => known(total[column]?.[position]);
    const [kwh, mean] = [of('kwh'), of('avg_power')];
    return {
      position, start,
      end: parseTime(data.ends?.[position]) ?? start,
      kwh, mean, minimum: of('min_power'), maximum: of('max_power'), coverage: of('coverage'),
      isPartial: data.partial?.[position] === true,
      isAhead: start > now - (kwh === null && mean === null ? PATIENCE : 0),
      isInterpolated: total.method?.[position] === 'interpolated',
      members: of('members_covered') ?? (most === null ? null : membersAt(data.series, position)),
      of: of('members_total') ?? most,
    };
  });
}

/** @param {Record<string, any>[]} series @param {number} position */
function membersAt(series, position) {
  return series.filter(({ kwh, avg_power: mean }) => isKnown(kwh?.[position]) || isKnown(mean?.[position])).length;
}

/** @param {unknown} value @returns {number | null} */
function known(value) {
  return isKnown(value) ? value : null;
}

/**
 * Whether nothing at all is known of what has been.
 * @param {Bucket} bucket
 */
export function isGap(bucket) {
  return bucket.kwh === null && bucket.mean === null && !bucket.isAhead;
}

/**
 * Whether so much is missing that the bar says too little.
 * @param {Pick<Bucket, 'coverage' | 'isPartial' | 'kwh'>} bucket
 */
export function isIncomplete({ coverage, isPartial, kwh }) {
  return coverage !== null && coverage < 0.99 && !isPartial && kwh !== null;
}

/**
 * Whether some of the PDUs are missing from a sum.
 * @param {Members} members
 */
export function isMissingSome({ members, of }) {
  return members !== null && of !== null && members < of;
}

/**
 * The largest of what the axis of one quantity must hold.
 * @param {(number | null)[]} values
 */
export function largest(values) {
  return values.reduce((/** @type {number} */ most, value) => (value !== null && value > most ? value : most), 0);
}

/**
 * Consecutive buckets for which `holds`.
 * @param {Bucket[]} buckets @param {(bucket: Bucket) => boolean} holds
 * @returns {Run[]}
 */
export function runsOf(buckets, holds) {
  /** @type {Run[]} */
  const runs = [];
  for (const bucket of buckets) {
    if (!holds(bucket)) continue;
    const run = runs[runs.length - 1];
    if (run && run.last === bucket.position - 1) run.last = bucket.position;
    else runs.push({ first: bucket.position, last: bucket.position });
  }
  return runs;
}

/**
 * The grain of the bars: that of the buckets, or a coarser one where there would be too many.
 * @param {number} count @param {Grain} grain
 * @returns {Grain}
 */
export function grainOfBars(count, grain) {
  const minutes = count * MINUTES[grain];
  return GRAINS.slice(GRAINS.indexOf(grain)).find((coarser) => minutes / MINUTES[coarser] <= MOST_BARS) ?? 'month';
}

/**
 * The buckets as bars of a grain.
 * @param {Bucket[]} buckets @param {Grain} grain of the bars @param {SiteCalendar} calendar
 * @returns {Bar[]}
 */
export function barsOf(buckets, grain, calendar) {
  const length = { minute: 16, quarter_hour: 16, hour: 13, day: 10, month: 7 }[grain];
  /** @type {(Bar & { key: string, seconds: number, covered: number })[]} */
  const bars = [];
  for (const bucket of buckets) {
    const civil = calendar.civil(bucket.start);
    const quarter = grain === 'quarter_hour' ? Math.floor(Number(civil.slice(14)) / 15) : 0;
    // The offset tells the repeated hour from the first.
    const key = `${grain === 'quarter_hour' ? civil.slice(0, 13) : civil.slice(0, length)}/${quarter}/${grain === 'day' || grain === 'month' ? '' : calendar.offset(bucket.start)}`;
    let bar = bars[bars.length - 1];
    if (!bar || bar.key !== key) {
      bar = {
        key, first: bucket.position, last: bucket.position, start: bucket.start, end: bucket.end, kwh: null, coverage: null,
        isPartial: false, seconds: 0, covered: 0,
      };
      bars.push(bar);
    }
    const seconds = (bucket.end - bucket.start) / 1000;
    bar.last = bucket.position;
    bar.end = bucket.end;
    bar.isPartial ||= bucket.isPartial || (bucket.isAhead && bar.kwh !== null);
    if (bucket.kwh !== null) bar.kwh = (bar.kwh ?? 0) + bucket.kwh;
    if (!bucket.isAhead && bucket.coverage !== null) {
      bar.seconds += seconds;
      bar.covered += seconds * bucket.coverage;
      bar.coverage = bar.covered / bar.seconds;
    }
  }
  return bars;
}

/**
 * The sum of a column over the buckets of each bar; null where nothing is known.
 * @param {(number | null)[]} values @param {Bar[]} bars
 * @returns {(number | null)[]}
 */
export function summed(values, bars) {
  return bars.map(({ first, last }) => {
    let sum = null;
    for (let at = first; at <= last; at += 1) {
      const value = values[at] ?? null;
      if (value !== null) sum = (sum ?? 0) + value;
    }
    return sum;
  });
}

/**
 * For each of `buckets` the one of `others` that has the same place in its own range; the repeated hour has the second
 * of two, or the only one.
 * @param {Bucket[]} buckets @param {import('./range.js').Range} range of these
 * @param {Bucket[]} others @param {import('./range.js').Range} otherRange of those
 * @param {SiteCalendar} calendar
 * @returns {(Bucket | null)[]}
 */
export function aligned(buckets, range, others, otherRange, calendar) {
  /** @type {Map<string, Bucket[]>} */
  const places = new Map();
  for (const other of others) {
    const place = placeIn(calendar.civil(other.start), otherRange);
    const there = places.get(place);
    if (there) there.push(other);
    else places.set(place, [other]);
  }
  /** @type {Map<string, number>} */
  const taken = new Map();
  return buckets.map((bucket) => {
    const place = placeIn(calendar.civil(bucket.start), range);
    const found = places.get(place);
    const nth = taken.get(place) ?? 0;
    taken.set(place, nth + 1);
    return found?.[Math.min(nth, found.length - 1)] ?? null;
  });
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
    return !previous || calendar.offset(previous.start) === calendar.offset(bucket.start) ? [] : [bucket.position - 0.5];
  });
}

/** Minutes between ticks of time; from a day on only at midnight. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 7200, 10_080, 14_400, 43_200];

/**
 * Tick labels, at most `most` of them. Times are named at the edge where they begin, days and months under the middle
 * of their bar; a second line says the day at midnight, the year in January.
 * @param {Bucket[]} buckets
 * @param {Grain} grain
 * @param {SiteCalendar} calendar
 * @param {number} most
 * @returns {Tick[]}
 */
export function ticks(buckets, grain, calendar, most) {
  if (grain !== 'day' && grain !== 'month') return timeTicks(buckets, grain, calendar, most);
  const steps = grain === 'day' ? [1, 2, 3, 5, 7, 10, 14, 30, 60] : [1, 2, 3, 4, 6, 12];
  const every = steps.find((step) => buckets.length / step <= most) ?? Math.ceil(buckets.length / Math.max(most, 1));
  // Counted from the newest, which always has a name.
  const chosen = buckets.filter((_, index) => (buckets.length - 1 - index) % every === 0);
  return chosen.map((bucket, index) => ({
    position: bucket.position,
    label: dateLabel(bucket, chosen[index - 1], grain, calendar, buckets.length <= 7),
  }));
}

/** @param {Bucket[]} buckets @param {Grain} grain @param {SiteCalendar} calendar @param {number} most */
function timeTicks(buckets, grain, calendar, most) {
  const minutes = buckets.length * MINUTES[grain];
  const every = STEPS.find((step) => step >= MINUTES[grain] && minutes / step <= most) ?? 43_200;
  const changes = minutes <= 3 * 1440 && clockChanges(buckets, calendar).length > 0;
  let midnights = -1;
  return buckets.flatMap(({ start, position }) => {
    const civil = calendar.civil(start);
    const minute = Number(civil.slice(11, 13)) * 60 + Number(civil.slice(14));
    const isMidnight = minute === 0;
    if (isMidnight) midnights += 1;
    if (every >= 1440) {
      return isMidnight && (midnights * 1440) % every === 0
        ? [{ position: position - 0.5, label: calendar.words(start, { day: 'numeric', month: 'short' }) }] : [];
    }
    if (minute % every !== 0) return [];
    const name = changes ? calendar.timeWithZone(start) : calendar.shortTime(start);
    return [{ position: position - 0.5, label: isMidnight || position === 0 ? `${name}<br>${calendar.day(start)}` : name }];
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
  /** @param {Intl.DateTimeFormatOptions} options */
  const differs = (options) => !before || calendar.words(before.start, options) !== calendar.words(bucket.start, options);
  if (grain === 'month') {
    const month = calendar.words(bucket.start, { month: 'short' });
    return differs({ year: 'numeric' }) ? `${month}<br>${calendar.words(bucket.start, { year: 'numeric' })}` : month;
  }
  const day = String(Number(calendar.civil(bucket.start).slice(8, 10)));
  const month = calendar.words(bucket.start, { month: 'short' });
  if (isShort) {
    return `${calendar.words(bucket.start, { weekday: 'short' })}<br>${calendar.words(bucket.start, { day: 'numeric', month: 'short' })}`;
  }
  return differs({ month: 'short' }) ? `${day}<br>${month}` : day;
}
