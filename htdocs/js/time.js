// @ts-check
// Moments and spans in the site's time zone, whatever zone the viewer's device is in.
// Pure: takes moments as milliseconds since 1970, reads no clock.

import { locale, strings } from './strings.js';

/** @typedef {'hour' | 'day' | 'month'} Grain the length of a bucket */
/** @typedef {'day' | 'week' | 'month' | 'year'} Period what the API calls `period` */

/** @type {Record<Period, Grain>} */
const GRAINS = { day: 'hour', week: 'day', month: 'day', year: 'month' };

/**
 * The length of the buckets of a period.
 * @param {Period} period
 * @returns {Grain}
 */
export function grainOf(period) {
  return GRAINS[period];
}

/**
 * The moment that an RFC 3339 text names, in milliseconds; null when it names none.
 * A text without an offset is taken as UTC.
 * @param {unknown} text
 * @returns {number | null}
 */
export function parseTime(text) {
  if (typeof text !== 'string') return null;
  const match = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/i.exec(text);
  if (!match) return null;
  const moment = Date.parse(`${text.replace(' ', 'T')}${match[3] ? '' : 'Z'}`);
  return Number.isNaN(moment) ? null : moment;
}

/**
 * The calendar of one time zone: everything that turns moments into words.
 * A zone that the browser does not know is replaced by UTC, and says so in `zone`.
 */
export class SiteCalendar {
  /** @param {string | null | undefined} zone an IANA name */
  constructor(zone) {
    this.zone = isZone(zone) ? zone : 'UTC';
    /** @type {Map<string, Intl.DateTimeFormat>} */
    this.formats = new Map();
  }

  /**
   * @param {number} moment
   * @param {Intl.DateTimeFormatOptions} options
   */
  write(moment, options) {
    const key = JSON.stringify(options);
    let format = this.formats.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(locale, { timeZone: this.zone, hourCycle: 'h23', ...options });
      this.formats.set(key, format);
    }
    return format;
  }

  /** @param {number} moment @param {Intl.DateTimeFormatOptions} options */
  words(moment, options) {
    return this.write(moment, options).format(moment).replace(/,(?= \d{4}$)/, '');
  }

  /** @param {number} moment @param {Intl.DateTimeFormatOptions} options @param {Intl.DateTimeFormatPartTypes} type */
  part(moment, options, type) {
    return this.write(moment, options).formatToParts(moment).find((part) => part.type === type)?.value ?? '';
  }

  /**
   * "14:00"
   * @param {number} moment
   */
  time(moment) {
    return this.words(moment, { hour: '2-digit', minute: '2-digit' });
  }

  /**
   * "14:00 GMT"
   * @param {number} moment
   */
  timeWithZone(moment) {
    return `${this.time(moment)} ${this.abbreviation(moment)}`;
  }

  /**
   * "Mon 23 Nov"
   * @param {number} moment
   */
  day(moment) {
    return this.words(moment, { weekday: 'short', day: 'numeric', month: 'short' }).replace(',', '');
  }

  /**
   * "Mon 23 Nov 2026"
   * @param {number} moment
   */
  dayWithYear(moment) {
    return this.words(moment, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).replace(',', '');
  }

  /**
   * "November 2026"
   * @param {number} moment
   */
  month(moment) {
    return this.words(moment, { month: 'long', year: 'numeric' });
  }

  /**
   * "Mon 23 Nov, 14:00"
   * @param {number} moment
   */
  dayAndTime(moment) {
    return `${this.day(moment)}, ${this.time(moment)}`;
  }

  /**
   * "GMT", "BST", "GMT+5:30"
   * @param {number} moment
   */
  abbreviation(moment) {
    return this.part(moment, { timeZoneName: 'short', hour: 'numeric' }, 'timeZoneName');
  }

  /**
   * Minutes ahead of UTC at that moment.
   * @param {number} moment
   */
  offset(moment) {
    const name = this.part(moment, { timeZoneName: 'longOffset', hour: 'numeric' }, 'timeZoneName');
    const match = /([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name);
    if (!match) return 0;
    return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
  }

  /**
   * A bucket in words: "Mon 23 Nov, 13:00–14:00 GMT", "Sun 25 Oct 2026 (25 h)", "November 2026".
   * @param {number} start
   * @param {number} end
   * @param {Grain} grain
   */
  span(start, end, grain) {
    if (grain === 'month') return this.month(start);
    if (grain === 'day') {
      const hours = Math.round((end - start) / 360_000) / 10;
      return hours === 24 ? this.dayWithYear(start) : `${this.dayWithYear(start)} (${strings.units.hoursLong(hours)})`;
    }
    const zones = [this.abbreviation(start), this.abbreviation(end)];
    const hours = zones[0] === zones[1]
      ? `${this.time(start)}–${this.time(end)} ${zones[0]}`
      : `${this.time(start)} ${zones[0]} – ${this.time(end)} ${zones[1]}`;
    return `${this.day(start)}, ${hours}`;
  }
}

/**
 * Whether the browser knows this zone.
 * @param {string | null | undefined} zone
 * @returns {zone is string}
 */
function isZone(zone) {
  if (!zone) return false;
  try {
    new Intl.DateTimeFormat(locale, { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * The API's `peak_hour` ("2024-01-01 14:00", site time) in words; the text itself when it is of another form.
 * @param {string | null | undefined} text
 * @returns {{ day: string, time: string } | null}
 */
export function peakWords(text) {
  if (!text) return null;
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}:\d{2}))?/.exec(text);
  if (!match) return { day: text, time: '' };
  const noon = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]), 12);
  return { day: new SiteCalendar('UTC').day(noon), time: match[4] ?? '' };
}
