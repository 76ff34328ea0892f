// @ts-check
// What the page knows: the latest answers, when they came, and what went wrong. Asks; shows nothing.

import { ApiError, get, getStatus } from './api.js';
import { keptSignal } from './kept.js';
import { askPast, rangesOf } from './past.js';
import { dataKey, shownPDUs } from './state.js';
import { strings } from './strings.js';
import { SiteCalendar } from './time.js';

/** @typedef {import('./api.js').Meta} Meta */
/** @typedef {import('./state.js').View} View */
/** @typedef {import('./past.js').Past} Past */

/** Where the site's zone is kept from one visit to the next, so that today is the right one at once. */
const ZONE_KEY = 'pdu-monitor.zone';

/** An answer of so many buckets is asked for again only after so long, in milliseconds: each is a megabyte. */
const MANY = 2000;
const RARELY = 5 * 60_000;

/** So many histories are kept at hand, so that whoever goes to and fro sees them at once, for so long, in milliseconds. */
const AT_HAND = 8;
const LATELY = 10 * 60_000;

/**
 * Before the first answer.
 * @type {Meta}
 */
const NO_META = { siteName: null, timezone: null, interval: 60, newestRun: null, collector: null, version: null };

/** The state of the page, and the requests that renew it. */
export class Dashboard {
  constructor() {
    /**
     * The PDUs as the server names them; null before the first answer.
     * @type {Record<string, any>[] | null}
     */
    this.items = null;
    this.meta = NO_META;
    this.calendar = new SiteCalendar(rememberedZone());
    /**
     * Server time of the newest answer about the present.
     * @type {number | null}
     */
    this.updatedAt = null;
    this.serverAhead = 0;
    /** @type {ApiError | null} */
    this.statusProblem = null;
    /** @type {Past | null} */
    this.past = null;
    /** What `past` was made from: as long as the server says the same, it stays the same object. */
    this.told = '';
    /**
     * Histories that were shown lately, the latest last.
     * @type {Map<string, { told: string, past: Past, at: number }>}
     */
    this.atHand = new Map();
    /** The range of the newest request for the past. */
    this.asked = '';
    /**
     * Server time of the newest answer about the past.
     * @type {number | null}
     */
    this.pastAt = null;
    /** @type {ApiError | null} */
    this.historyProblem = null;
    /**
     * The tiles of the present; null before the first answer.
     * @type {Record<string, any> | null}
     */
    this.overview = null;
    /**
     * Server time of `overview`.
     * @type {number | null}
     */
    this.overviewAt = null;
    /** @type {ApiError | null} */
    this.overviewProblem = null;
    this.overviewRequest = new AbortController();
    this.statusRequest = new AbortController();
    this.historyRequest = new AbortController();
  }

  /** The server's time, in milliseconds. */
  now() {
    return Date.now() + this.serverAhead;
  }

  /** Asks for the present. */
  async loadStatus() {
    this.statusRequest.abort();
    const request = (this.statusRequest = new AbortController());
    try {
      this.#takeStatus(await getStatus(request.signal));
      this.statusProblem = null;
    } catch (error) {
      if (request.signal.aborted) return;
      this.statusProblem = asApiError(error);
      // A page that was opened while the server is away shows what is kept, and from when that is.
      if (this.items === null) await getStatus(keptSignal()).then((answer) => this.#takeStatus(answer), () => {});
    }
  }

  /** @param {import('./api.js').Answer<Record<string, any>[]>} answer */
  #takeStatus(answer) {
    this.items = Array.isArray(answer.data) ? answer.data : [];
    this.meta = answer.meta;
    this.serverAhead = answer.serverAhead;
    this.updatedAt = (answer.keptAt ?? Date.now()) + answer.serverAhead;
    this.#setZone(answer.meta.timezone);
  }

  /**
   * Which range `view` shows now, and which it is compared with.
   * @param {View} view
   */
  ranges(view) {
    return rangesOf(view, this.calendar, this.now());
  }

  /** @param {View} view */
  #keyOf(view) {
    const { range } = this.ranges(view);
    return `${range.start} ${range.end}`;
  }

  /**
   * Whether what was asked for is not what `view` shows now: the site's zone or clock has turned out to be another, or
   * a new day has begun.
   * @param {View} view
   */
  isElsewhere(view) {
    return this.asked !== '' && this.asked !== this.#keyOf(view);
  }

  /** Whether what is known of `view` is large, and not old. @param {View} view */
  #isGoodEnough(view) {
    const { past, pastAt } = this;
    return past !== null && pastAt !== null && this.historyProblem === null && dataKey(past.view) === dataKey(view)
      && past.buckets.length > MANY && !this.isElsewhere(view) && this.now() - pastAt < RARELY;
  }

  /** Asks for the tiles. */
  async loadOverview() {
    this.overviewRequest.abort();
    const request = (this.overviewRequest = new AbortController());
    try {
      this.overview = (await get('api/overview', request.signal)).data ?? {};
      this.overviewAt = this.now();
      this.overviewProblem = null;
    } catch (error) {
      if (request.signal.aborted) return;
      this.overviewProblem = asApiError(error);
      if (this.overview === null) await get('api/overview', keptSignal()).then((kept) => {
        this.overview = kept.data;
        this.overviewAt = (kept.keptAt ?? 0) + kept.serverAhead;
      }, () => {});
    }
  }

  /**
   * Asks for the history of `view`, unless no PDU is chosen.
   * @param {View} view
   * @returns {Promise<void>}
   */
  async loadHistory(view) {
    this.historyRequest.abort();
    const request = (this.historyRequest = new AbortController());
    if (this.past && dataKey(this.past.view) !== dataKey(view)) this.historyProblem = null;
    if (shownPDUs(view)?.length === 0) {
      this.historyProblem = null;
      return;
    }
    if (this.#isGoodEnough(view)) return;
    try {
      const asked = (this.asked = this.#keyOf(view));
      const { told, past, zone } = await askPast(view, this.calendar, this.now(), request.signal);
      this.historyProblem = null;
      this.pastAt = this.now();
      this.#setZone(zone);
      // Today may be another day there.
      if (this.#keyOf(view) !== asked) return await this.loadHistory(view);
      if (told === this.told && this.past?.calendar === this.calendar) return;
      this.told = told;
      this.past = past(this.calendar);
      this.#keepAtHand(view);
    } catch (error) {
      if (request.signal.aborted) return;
      this.historyProblem = asApiError(error);
      if (this.past === null) await this.#recallHistory(view).catch(() => {});
    }
  }

  /** @param {View} view */
  #keepAtHand(view) {
    const { past, told, pastAt: at } = this;
    const key = this.#placeOf(view);
    this.atHand.delete(key);
    if (past === null || at === null || past.buckets.length > MANY) return;
    this.atHand.set(key, { past, told, at });
    const [oldest] = this.atHand.keys();
    if (this.atHand.size > AT_HAND && oldest !== undefined) this.atHand.delete(oldest);
  }

  /** A text that is equal for the same data of the same range. @param {View} view */
  #placeOf(view) {
    return `${dataKey(view)} ${this.#keyOf(view)} ${this.calendar.zone}`;
  }

  /**
   * Takes up what was shown of `view` lately, until the server has answered; whether there is any.
   * @param {View} view
   */
  takeUp(view) {
    const known = this.atHand.get(this.#placeOf(view));
    if (!known || this.now() - known.at > LATELY) return false;
    this.historyProblem = null;
    this.asked = this.#keyOf(view);
    this.past = known.past;
    this.told = known.told;
    this.pastAt = known.at;
    return true;
  }

  /** Shows what is kept of the history of `view`. @param {View} view */
  async #recallHistory(view) {
    const { past, told, keptAt } = await askPast(view, this.calendar, this.now(), keptSignal());
    this.told = told;
    this.past = past(this.calendar);
    this.pastAt = keptAt === null ? this.updatedAt : keptAt + this.serverAhead;
  }

  /** Lets the requests go that are on their way. */
  abort() {
    this.statusRequest.abort();
    this.historyRequest.abort();
    this.overviewRequest.abort();
  }

  /** @param {string | null} zone */
  #setZone(zone) {
    if (!zone || this.calendar.zone === zone) return;
    const calendar = new SiteCalendar(zone);
    if (calendar.zone === this.calendar.zone) return;
    this.calendar = calendar;
    try {
      localStorage.setItem(ZONE_KEY, zone);
    } catch {
      // Without storage the next visit begins with the viewer's zone.
    }
  }
}

/** The zone of the last visit, or else the viewer's. */
function rememberedZone() {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    return localStorage.getItem(ZONE_KEY) ?? own;
  } catch {
    return own;
  }
}

/**
 * What was thrown, as one of the failures that have words.
 * @param {unknown} error
 */
export function asApiError(error) {
  if (error instanceof ApiError) return error;
  console.error(error);
  return new ApiError('unintelligible');
}

/**
 * What went wrong, in words for people.
 * @param {ApiError} problem
 */
export function wordsOf(problem) {
  const words = strings.notices;
  if (problem.kind === 'refused') {
    return problem.text ? words.server(problem.text) : words.unreachable(words.status(problem.status));
  }
  if (problem.kind === 'preparing') return words.preparing;
  if (problem.kind === 'timeout') return words.unreachable(words.timeout);
  return words.unreachable(problem.kind === 'unintelligible' ? words.unintelligible : '');
}
