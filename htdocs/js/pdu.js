// @ts-check
// What the page knows of the PDU that is open: the latest answer of each endpoint, when it came, and what went wrong.
// One endpoint that fails leaves the others alone. Asks; shows nothing.

import { getEvents, getPDU, getParts, getPolls } from './api.js';
import { asApiError } from './dashboard.js';
import { keptSignal } from './kept.js';

/** @typedef {import('./api.js').ApiError} ApiError */
/** @typedef {'detail' | 'outlets' | 'phases' | 'banks' | 'sensors' | 'events' | 'polls'} Topic */
/**
 * @template Data
 * @typedef {object} Told
 * @property {Data | null} data the newest there is
 * @property {number | null} at server time of `data`
 * @property {ApiError | null} problem why there is none that is newer
 */

/** How many events are asked for. */
const EVENTS = 100;

/** @returns {Told<any>} */
function nothing() {
  return { data: null, at: null, problem: null };
}

/** One PDU, and the requests that renew what is known of it. */
export class PDUData {
  /** @param {() => number} now the server's time */
  constructor(now) {
    this.now = now;
    this.request = new AbortController();
    /** @type {number | null} */
    this.id = null;
    this.#forget(null);
  }

  /** @param {number | null} id */
  #forget(id) {
    this.id = id;
    /** @type {Told<Record<string, any>>} */
    this.detail = nothing();
    /** @type {Told<Record<string, any>[]>} */
    this.outlets = nothing();
    /** @type {Told<Record<string, any>[]>} */
    this.phases = nothing();
    /** @type {Told<Record<string, any>[]>} */
    this.banks = nothing();
    /** @type {Told<Record<string, any>[]>} */
    this.sensors = nothing();
    /** @type {Told<Record<string, any>[]>} */
    this.events = nothing();
    /** @type {Told<Record<string, any>>} */
    this.polls = nothing();
  }

  /**
   * From now on it is about the PDU `id`, of which nothing is known yet; about none where it is null.
   * @param {number | null} id
   */
  open(id) {
    if (id === this.id) return;
    this.request.abort();
    this.#forget(id);
  }

  /** Asks for everything about the PDU that is open. */
  async load() {
    const { id } = this;
    this.request.abort();
    if (id === null) return;
    const { signal } = (this.request = new AbortController());
    await Promise.all([
      this.#renew('detail', (by) => getPDU(id, by), signal),
      this.#renew('outlets', (by) => getParts(id, 'outlets', by), signal),
      this.#renew('phases', (by) => getParts(id, 'phases', by), signal),
      this.#renew('banks', (by) => getParts(id, 'banks', by), signal),
      this.#renew('sensors', (by) => getParts(id, 'sensors', by), signal),
      this.#renew('events', (by) => getEvents(id, EVENTS, by), signal),
      this.#renew('polls', (by) => getPolls(id, by), signal),
    ]);
  }

  /** @param {Topic} topic @param {(signal: AbortSignal) => Promise<import('./api.js').Answer<any>>} ask @param {AbortSignal} signal */
  async #renew(topic, ask, signal) {
    try {
      this[topic] = { data: (await ask(signal)).data, at: this.now(), problem: null };
    } catch (error) {
      if (signal.aborted) return;
      const before = this[topic];
      const problem = asApiError(error);
      const kept = before.data === null && problem.status !== 404 ? await ask(keptSignal()).catch(() => null) : null;
      if (signal.aborted) return;
      this[topic] = kept ? { data: kept.data, at: (kept.keptAt ?? 0) + kept.serverAhead, problem } : { ...before, problem };
    }
  }

  /** Whether every endpoint has answered, or failed, once. */
  get isReady() {
    return this.#topics().every(({ data, problem }) => data !== null || problem !== null);
  }

  /** Whether every part is known that has a history of its own. */
  get hasAllParts() {
    return [this.outlets, this.phases, this.banks].every(({ data }) => data !== null);
  }

  /** Whether the server says that there is no such PDU. */
  get isMissing() {
    return this.detail.data === null && this.detail.problem?.status === 404;
  }

  /** The first failure; none where there is no such PDU, since asking sooner would not help. */
  get problem() {
    return this.isMissing ? null : this.#topics().find(({ problem }) => problem)?.problem ?? null;
  }

  #topics() {
    return [this.detail, this.outlets, this.phases, this.banks, this.sensors, this.events, this.polls];
  }
}
