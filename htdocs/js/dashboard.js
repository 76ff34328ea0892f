// @ts-check
// What the page knows: the latest answers, when they came, and what went wrong. Asks; shows nothing.

import { ApiError, getPowerData, getStatistics, getStatus } from './api.js';
import { toBuckets } from './series.js';
import { keptSignal } from './kept.js';
import { dataKey, shownPDUs } from './state.js';
import { strings } from './strings.js';
import { SiteCalendar } from './time.js';

/** @typedef {import('./api.js').Meta} Meta */
/** @typedef {import('./state.js').View} View */
/** @typedef {import('./views/history.js').History} History */

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
    this.calendar = new SiteCalendar(null);
    /**
     * Server time of the newest answer about the present.
     * @type {number | null}
     */
    this.updatedAt = null;
    this.serverAhead = 0;
    /** @type {ApiError | null} */
    this.statusProblem = null;
    /** @type {History | null} */
    this.history = null;
    /** What `history` was made from: as long as the server says the same, it stays the same object. */
    this.told = '';
    /** @type {ApiError | null} */
    this.historyProblem = null;
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
   * Asks for the history of `view`, unless no PDU is chosen.
   * @param {View} view
   */
  async loadHistory(view) {
    this.historyRequest.abort();
    const request = (this.historyRequest = new AbortController());
    if (this.history && dataKey(this.history.view) !== dataKey(view)) this.historyProblem = null;
    if (shownPDUs(view)?.length === 0) {
      this.historyProblem = null;
      return;
    }
    try {
      const [power, statistics] = await Promise.all([
        getPowerData(view, request.signal), getStatistics(view, request.signal),
      ]);
      this.historyProblem = null;
      this.#setZone(power.data?.timezone ?? null);
      const told = JSON.stringify([dataKey(view), this.calendar.zone, power.data, statistics.data]);
      if (told === this.told) return;
      this.told = told;
      this.history = { view, buckets: toBuckets(power.data ?? {}), statistics: statistics.data ?? {}, calendar: this.calendar };
    } catch (error) {
      if (!request.signal.aborted) this.historyProblem = asApiError(error);
    }
  }

  /** Lets the requests go that are on their way. */
  abort() {
    this.statusRequest.abort();
    this.historyRequest.abort();
  }

  /** @param {string | null} zone */
  #setZone(zone) {
    if (zone && this.calendar.zone !== zone) this.calendar = new SiteCalendar(zone);
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
  if (problem.kind === 'timeout') return words.unreachable(words.timeout);
  return words.unreachable(problem.kind === 'unintelligible' ? words.unintelligible : '');
}
