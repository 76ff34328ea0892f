// @ts-check
// Moments and spans in the site's time zone, whatever zone the viewer's device is in.
// Pure: takes moments as milliseconds since 1970, reads no clock.

import { locale } from './locale.js';
import { strings } from './strings.js';

/** @typedef {import('./state.js').Resolution} Grain the length of a bucket */

/** Whose names of zones are tried where the locale has only "GMT+1". */
const ZONE_NAMERS = [locale, 'en-GB', 'en-US', 'en-AU'];

/** Offsets change at whole quarters of an hour. */
const QUARTER = 900_000;

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
    /** @type {Map<number, number>} */
    this.offsets = new Map();
    /** Undefined until it is wanted. @type {boolean | undefined} */
    this.twelve = undefined;
  }

  /**
   * @param {Intl.DateTimeFormatOptions} options
   * @param {string} [by] the locale
   */
  format(options, by = locale) {
    const key = by + JSON.stringify(options);
    let format = this.formats.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(by, { timeZone: this.zone, ...options });
      this.formats.set(key, format);
    }
    return format;
  }

  /** @param {number} moment @param {Intl.DateTimeFormatOptions} options */
  words(moment, options) {
    return this.format(options).format(moment).replace(/,(?= \d{4}$)/, '');
  }

  /** Whether the locale counts hours up to 12. */
  get isTwelve() {
    this.twelve ??= this.format({ hour: 'numeric' }).resolvedOptions().hour12 === true;
    return this.twelve;
  }

  /**
   * "14:00"
   * @param {number} moment
   */
  time(moment) {
    return this.words(moment, { hour: this.isTwelve ? 'numeric' : '2-digit', minute: '2-digit' });
  }

  /**
   * "14:00 GMT"
   * @param {number} moment
   */
  timeWithZone(moment) {
    return `${this.time(moment)} ${this.abbreviation(moment)}`;
  }

  /**
   * "14:00", or "2 PM" where the locale says so and there is no room
   * @param {number} moment
   */
  shortTime(moment) {
    const isWhole = this.isTwelve && moment % 3_600_000 === 0;
    return isWhole ? this.words(moment, { hour: 'numeric' }) : this.time(moment);
  }

  /**
   * "14:00:00"
   * @param {number} moment
   */
  timeWithSeconds(moment) {
    return this.words(moment, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
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
    let last = '';
    for (const by of ZONE_NAMERS) {
      const parts = this.format({ timeZoneName: 'short', hour: 'numeric' }, by).formatToParts(moment);
      const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
      if (!/\d/.test(name)) return name;
      last ||= name;
    }
    return last;
  }

  /**
   * Minutes ahead of UTC at that moment.
   * @param {number} moment
   */
  offset(moment) {
    const quarter = Math.floor(moment / QUARTER);
    let offset = this.offsets.get(quarter);
    if (offset === undefined) {
      const parts = this.format({ timeZoneName: 'longOffset', hour: 'numeric' }, 'en-US').formatToParts(moment);
      const match = /([+-])(\d{2}):(\d{2})/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '');
      offset = match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
      this.offsets.set(quarter, offset);
    }
    return offset;
  }

  /**
   * What the site's clocks show, as the API writes it: "2026-11-23T14:00".
   * @param {number} moment
   */
  civil(moment) {
    return new Date(moment + this.offset(moment) * 60_000).toISOString().slice(0, 16);
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

/** Writes what is a text of the site's clocks already. */
const CLOCK = new SiteCalendar('UTC');

/**
 * A range of the site's clocks in words: "Mon 23 Nov 2026", "Mon 23 Nov – Sun 29 Nov 2026", "November 2026", "2026",
 * "Mon 23 Nov 2026, 14:00 – 15:00".
 * @param {import('./range.js').Range} range
 */
export function rangeWords({ start, end }) {
  /** @param {string} civil */
  const moment = (civil) => Date.parse(civil.length === 10 ? `${civil}T00:00Z` : `${civil}Z`);
  const [from, to] = [moment(start), moment(end)];
  const last = to - 1;
  const [first, final] = [start.slice(0, 10), new Date(last).toISOString().slice(0, 10)];
  const words = strings.when.range;
  if (start.length > 10 || end.length > 10) {
    const until = first === final ? CLOCK.time(to) : CLOCK.dayAndTime(to);
    return words(`${CLOCK.dayWithYear(from)}, ${CLOCK.time(from)}`, until);
  }
  if (first === final) return CLOCK.dayWithYear(from);
  if (start.endsWith('-01') && end.endsWith('-01')) {
    if (start.endsWith('-01-01') && end.endsWith('-01-01') && to - from < 367 * 86_400_000) return start.slice(0, 4);
    return first.slice(0, 7) === final.slice(0, 7) ? CLOCK.month(from) : words(CLOCK.month(from), CLOCK.month(last));
  }
  const isOneYear = first.slice(0, 4) === final.slice(0, 4);
  return words(isOneYear ? CLOCK.day(from) : CLOCK.dayWithYear(from), CLOCK.dayWithYear(last));
}
