// @ts-check
// The one range that everything shows, and the range it is compared with. Pure: dates and times by the site's clocks
// as texts, "2026-11-23" or "2026-11-23T14:00", which the API takes as they are; so a day of 23 or 25 hours needs
// nothing here. The present comes from outside.

/** @typedef {'day' | 'week' | 'month' | 'year' | 'custom'} Period */
/** @typedef {'previous' | 'year'} Comparison the period before, or the same a year before */
/**
 * @typedef {object} Choice what somebody has chosen to look at
 * @property {Period} period
 * @property {string | null} at a date in the period; null: the current one
 * @property {string | null} from of a custom range: its first day, or its first minute
 * @property {string | null} to of a custom range: its last day, or the minute after its last
 * @property {Comparison | null} compare
 */
/** @typedef {{ start: string, end: string }} Range from `start` up to, not including, `end` */
/**
 * @typedef {object} Compared
 * @property {string} start
 * @property {string} end
 * @property {string | null} partEnd where the part ends that is as long as what has elapsed of the range; null: the
 *   range is over, so all of it counts
 */

/** @type {Period[]} */
export const PERIODS = ['day', 'week', 'month', 'year', 'custom'];

/** The longest range that the API answers, in days. */
export const LONGEST = 400;

const DAY = 86_400_000;
const MINUTE = 60_000;

/** @param {string} civil */
function number(civil) {
  return Date.parse(civil.length === 10 ? `${civil}T00:00Z` : `${civil}Z`);
}

/** @param {number} value */
function text(value) {
  const all = new Date(value).toISOString();
  return all.slice(11, 16) === '00:00' ? all.slice(0, 10) : all.slice(0, 16);
}

/** @param {string} civil a date, perhaps with a time */
export function dateOf(civil) {
  return civil.slice(0, 10);
}

/**
 * Whether `value` is a date that exists, "2026-11-23", or one with a time, "2026-11-23T14:00".
 * @param {string | null} value
 * @returns {value is string}
 */
export function isCivil(value) {
  if (value === null || !/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/.test(value)) return false;
  const parsed = number(value);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(value);
}

/** @param {string} civil @param {number} days */
export function addDays(civil, days) {
  const moved = new Date(number(civil) + days * DAY).toISOString();
  return moved.slice(0, civil.length);
}

/**
 * So many months later, on the last day of the month where it is shorter.
 * @param {string} civil @param {number} months
 */
export function addMonths(civil, months) {
  const [year = 1970, month = 1, day = 1] = dateOf(civil).split('-').map(Number);
  const first = Date.UTC(year, month - 1 + months, 1);
  const length = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(first + (Math.min(day, length) - 1) * DAY).toISOString().slice(0, 10) + civil.slice(10);
}

/** @param {string} from @param {string} to */
export function daysBetween(from, to) {
  return Math.round((number(to) - number(from)) / DAY);
}

/**
 * The first day of the week that `date` lies in.
 * @param {string} date @param {number} firstDay 1 is Monday, 7 Sunday
 */
export function weekStart(date, firstDay) {
  const weekday = new Date(number(date)).getUTCDay();
  return addDays(date, -((weekday - firstDay + 7) % 7));
}

/**
 * The range that is chosen.
 * @param {Choice} choice
 * @param {string} today
 * @param {number} firstDay
 * @returns {Range}
 */
export function rangeOf({ period, at, from, to }, today, firstDay) {
  if (period === 'custom' && from !== null && to !== null) {
    return { start: from, end: to.length === 10 ? addDays(to, 1) : to };
  }
  const date = dateOf(at ?? today);
  if (period === 'week') {
    const start = weekStart(date, firstDay);
    return { start, end: addDays(start, 7) };
  }
  if (period === 'month') {
    const start = `${date.slice(0, 7)}-01`;
    return { start, end: addMonths(start, 1) };
  }
  if (period === 'year') {
    const start = `${date.slice(0, 4)}-01-01`;
    return { start, end: addMonths(start, 12) };
  }
  return { start: date, end: addDays(date, 1) };
}

/**
 * Whether `now` lies in the range.
 * @param {Range} range @param {string} now a date with a time
 */
export function isCurrent({ start, end }, now) {
  return number(start) <= number(now) && number(now) < number(end);
}

/**
 * Whether there can be anything after the range.
 * @param {Range} range @param {string} now
 */
export function hasNext({ end }, now) {
  return number(end) <= number(now);
}

/**
 * The choice `steps` periods later; the current one is chosen without a date, so that it stays the current one.
 * @param {Choice} choice
 * @param {number} steps
 * @param {string} today
 * @param {number} firstDay
 * @returns {Choice}
 */
export function stepped(choice, steps, today, firstDay) {
  const range = rangeOf(choice, today, firstDay);
  if (choice.period === 'custom') {
    const moved = shifted(range, steps);
    return { ...choice, ...asCustom(moved) };
  }
  const months = { month: 1, year: 12 }[/** @type {'month' | 'year'} */ (choice.period)] ?? 0;
  const date = months > 0 ? addMonths(range.start, steps * months)
    : addDays(range.start, steps * (choice.period === 'week' ? 7 : 1));
  return withDate(choice, date, today, firstDay);
}

/**
 * The choice of the same kind of period that `date` lies in.
 * @param {Choice} choice @param {string} date @param {string} today @param {number} firstDay
 * @returns {Choice}
 */
export function withDate(choice, date, today, firstDay) {
  const range = rangeOf({ ...choice, at: date }, today, firstDay);
  return { ...choice, at: range.start <= today && today < range.end ? null : range.start };
}

/**
 * The choice with another kind of period, where the range that is shown is or begins.
 * @param {Choice} choice @param {Period} period @param {string} today @param {number} firstDay
 * @returns {Choice}
 */
export function withPeriod(choice, period, today, firstDay) {
  const range = rangeOf(choice, today, firstDay);
  if (period === 'custom') {
    const last = addDays(dateOf(range.end), range.end.length === 10 ? -1 : 0);
    const to = last > today && dateOf(range.start) <= today ? today : last;
    return { ...choice, period, at: null, from: dateOf(range.start), to };
  }
  const isNow = dateOf(range.start) <= today && number(today) < number(range.end);
  return withDate({ ...choice, period, from: null, to: null }, isNow ? today : dateOf(range.start), today, firstDay);
}

/**
 * A range as a custom one: by days where it is of days.
 * @param {Range} range
 * @returns {{ period: 'custom', at: null, from: string, to: string }}
 */
export function asCustom({ start, end }) {
  const isDays = start.length === 10 && end.length === 10;
  return { period: 'custom', at: null, from: start, to: isDays ? addDays(end, -1) : end };
}

/** @param {Range} range how many whole months it is; 0: none */
function wholeMonths({ start, end }) {
  if (start.length !== 10 || end.length !== 10 || !start.endsWith('-01') || !end.endsWith('-01')) return 0;
  const [years, months] = [Number(end.slice(0, 4)) - Number(start.slice(0, 4)), Number(end.slice(5, 7)) - Number(start.slice(5, 7))];
  return years * 12 + months;
}

/**
 * The range so many of its lengths later.
 * @param {Range} range @param {number} steps
 * @returns {Range}
 */
function shifted(range, steps) {
  const months = wholeMonths(range);
  if (months > 0) return { start: addMonths(range.start, steps * months), end: addMonths(range.end, steps * months) };
  const length = number(range.end) - number(range.start);
  /** @param {string} civil */
  const move = (civil) => text(number(civil) + steps * length);
  return { start: move(range.start), end: move(range.end) };
}

/**
 * The range that the chosen one is compared with: the same place in the calendar, a period or a year before. A
 * week is compared with the one of the year before that begins on the same day of the week, 52 weeks earlier.
 * @param {Choice} choice
 * @param {string} now a date with a time
 * @param {number} firstDay
 * @returns {Compared | null} null: nothing is compared
 */
export function comparisonOf(choice, now, firstDay) {
  if (choice.compare === null) return null;
  const range = rangeOf(choice, dateOf(now), firstDay);
  const months = wholeMonths(range);
  const length = number(range.end) - number(range.start);
  /** @type {Range} */
  let other;
  if (choice.compare === 'previous') {
    // Hours are compared with the same hours of another day.
    const isHours = months === 0 && length % DAY !== 0;
    const days = Math.ceil(length / DAY);
    other = isHours ? { start: addDays(range.start, -days), end: addDays(range.end, -days) } : shifted(range, -1);
  } else if (choice.period === 'week') {
    other = { start: addDays(range.start, -364), end: addDays(range.end, -364) };
  } else {
    const start = addMonths(range.start, -12);
    other = { start, end: months > 0 ? addMonths(range.end, -12) : text(number(start) + length) };
  }
  return { ...other, partEnd: isCurrent(range, now) ? partEnd(range, other, now, months) : null };
}

/** @param {Range} range @param {Range} other @param {string} now @param {number} months */
function partEnd(range, other, now, months) {
  // The same day of the same month where there are months; else the same distance from the start.
  const end = months > 1
    ? number(addMonths(now, wholeMonths({ start: range.start, end: other.start })))
    : number(other.start) + number(now) - number(range.start);
  return text(Math.min(Math.floor(end / MINUTE) * MINUTE, number(other.end)));
}

/**
 * Where in the range a time lies, as a text that is the same for the corresponding time of the range compared with.
 * @param {string} civil a date with a time
 * @param {Range} range
 */
export function placeIn(civil, range) {
  const time = civil.slice(10);
  if (wholeMonths(range) > 1) {
    const months = wholeMonths({ start: range.start, end: `${civil.slice(0, 7)}-01` });
    return `${months}m${civil.slice(8, 10)}${time}`;
  }
  return `${daysBetween(dateOf(range.start), dateOf(civil))}${time}`;
}
