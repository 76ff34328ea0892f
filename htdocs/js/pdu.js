// @ts-check
// What the page knows of the PDU that is open: the latest answer of each endpoint, when it came, and what went wrong.
// One endpoint that fails leaves the others alone. Asks; shows nothing.

import { getEvents, getPDU, getParts } from './api.js';
import { asApiError } from './dashboard.js';

/** @typedef {import('./api.js').ApiError} ApiError */
/** @typedef {'detail' | 'outlets' | 'phases' | 'banks' | 'sensors' | 'events'} Topic */
/**
 * @template Data
 * @typedef {object} Told
 * @property {Data | null} data the newest there is
 * @property {number | null} at server time of `data`
 * @property {ApiError | null} problem why there is none that is newer
 */

/** How many events are asked for. */
const EVENTS = 12;

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
      this.#renew('detail', getPDU(id, signal), signal),
      this.#renew('outlets', getParts(id, 'outlets', signal), signal),
      this.#renew('phases', getParts(id, 'phases', signal), signal),
      this.#renew('banks', getParts(id, 'banks', signal), signal),
      this.#renew('sensors', getParts(id, 'sensors', signal), signal),
      this.#renew('events', getEvents(id, EVENTS, signal), signal),
    ]);
  }

  /** @param {Topic} topic @param {Promise<import('./api.js').Answer<any>>} answer @param {AbortSignal} signal */
  async #renew(topic, answer, signal) {
    try {
      this[topic] = { data: (await answer).data, at: this.now(), problem: null };
    } catch (error) {
      if (!signal.aborted) this[topic] = { ...this[topic], problem: asApiError(error) };
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
    return [this.detail, this.outlets, this.phases, this.banks, this.sensors, this.events];
  }
}
