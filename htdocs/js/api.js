// @ts-check
// The HTTP interface: one function for each endpoint, each answer with the server's time, each failure an ApiError.

import { isForKept, keep, kept } from './kept.js';
import { parseTime } from './time.js';

/**
 * What the server says about itself beside the data. Only the contract's keys are sure, so all may be unknown.
 * @typedef {object} Meta
 * @property {string | null} siteName
 * @property {string | null} timezone
 * @property {number} interval seconds between polls
 * @property {number | null} newestRun milliseconds
 * @property {'running' | 'stopped' | 'never' | null} collector
 * @property {string | null} version
 */
/**
 * @template Data
 * @typedef {object} Answer
 * @property {Data} data
 * @property {Meta} meta
 * @property {number} serverAhead milliseconds by which the server's clock is ahead of this device's
 * @property {number | null} keptAt when it was given, by this device's clock, if it is one that was kept; null: just now
 */

/** How long an answer may take, in milliseconds. */
const TIMEOUT = 15_000;

/** Why there is no answer. */
export class ApiError extends Error {
  /**
   * @param {'network' | 'timeout' | 'unintelligible' | 'refused' | 'preparing'} kind
   * @param {{ status?: number, text?: string, code?: string, retryAfter?: number | null }} [details] of a refusal: the
   *   server's words
   */
  constructor(kind, details = {}) {
    super(details.text ?? kind);
    this.kind = kind;
    this.status = details.status ?? 0;
    this.text = details.text ?? '';
    this.code = details.code ?? '';
    this.retryAfter = details.retryAfter ?? null;
  }
}

/**
 * The latest of every PDU.
 * @param {AbortSignal} signal
 * @returns {Promise<Answer<Record<string, any>[]>>}
 */
export function getStatus(signal) {
  return get('api/current-status', signal);
}

/**
 * One PDU: what it is and how it is.
 * @param {number} id
 * @param {AbortSignal} signal
 * @returns {Promise<Answer<Record<string, any>>>}
 */
export function getPDU(id, signal) {
  return get(`api/pdus/${id}`, signal);
}

/**
 * The parts of one kind that a PDU consists of.
 * @param {number} id
 * @param {'outlets' | 'phases' | 'banks' | 'sensors'} kind
 * @param {AbortSignal} signal
 * @returns {Promise<Answer<Record<string, any>[]>>}
 */
export function getParts(id, kind, signal) {
  return get(`api/pdus/${id}/${kind}`, signal);
}

/**
 * What happened to one PDU, the newest first.
 * @param {number} id
 * @param {number} limit
 * @param {AbortSignal} signal
 * @returns {Promise<Answer<Record<string, any>[]>>}
 */
export function getEvents(id, limit, signal) {
  return get(`api/events?pdu_ids[]=${id}&limit=${limit}`, signal);
}

/**
 * How the polls of one PDU went in the last 24 hours.
 * @param {number} id
 * @param {AbortSignal} signal
 * @returns {Promise<Answer<Record<string, any>>>}
 */
export function getPolls(id, signal) {
  return get(`api/pdus/${id}/polls`, signal);
}

/**
 * Asks, always of the server (`no-cache`: a 304 costs nothing and brings the time), relative to this page; or, with a
 * signal that was made for it, of what is kept here.
 * @param {string} address
 * @param {AbortSignal} signal
 * @returns {Promise<Answer<any>>}
 */
export async function get(address, signal) {
  if (!isForKept(signal)) return send(address, signal, { cache: 'no-cache' });
  const found = await kept(address);
  if (!found) throw new ApiError('network');
  return { data: found.body.data, meta: readMeta(found.body.meta ?? {}), serverAhead: found.serverAhead, keptAt: found.at };
}

/**
 * Has the server change something; what it is afterwards.
 * @param {'POST' | 'PUT' | 'DELETE'} method
 * @param {string} address
 * @param {Record<string, unknown>} body
 * @param {AbortSignal} signal
 * @returns {Promise<Answer<any>>}
 */
export function change(method, address, body, signal) {
  return send(address, signal, { method, body: JSON.stringify(body) });
}

/** @param {string} address @param {AbortSignal} signal @param {RequestInit} options @returns {Promise<Answer<any>>} */
async function send(address, signal, options) {
  const response = await reach(address, signal, options);
  const receivedAt = Date.now();
  const body = await response.json().catch(() => null);
  signal.throwIfAborted();
  if (!response.ok || response.status === 202 || body?.success !== true) throw refusal(response, body);
  const serverTime = Date.parse(response.headers.get('Date') ?? '');
  const serverAhead = Number.isNaN(serverTime) ? 0 : serverTime - receivedAt;
  if (options.method === undefined) void keep(address, body, serverAhead);
  return { data: body.data, meta: readMeta(body.meta ?? {}), serverAhead, keptAt: null };
}

/** @param {string} address @param {AbortSignal} signal @param {RequestInit} options */
async function reach(address, signal, options) {
  const patience = AbortSignal.timeout(TIMEOUT);
  try {
    return await fetch(address, {
      ...options,
      // A question has no header of its own, so that the answer that index.html asks for beforehand is taken for it.
      ...(options.body ? { headers: { 'Content-Type': 'application/json' } } : {}),
      signal: AbortSignal.any([signal, patience]),
    });
  } catch {
    signal.throwIfAborted();
    throw new ApiError(patience.aborted ? 'timeout' : 'network');
  }
}

/** @param {Response} response @param {any} body */
function refusal(response, body) {
  const isPreparing = response.status === 202;
  if (response.ok && !isPreparing) return new ApiError('unintelligible');
  const seconds = Number(response.headers.get('Retry-After') ?? NaN);
  return new ApiError(isPreparing ? 'preparing' : 'refused', {
    status: response.status,
    text: typeof body?.error === 'string' ? body.error : '',
    code: typeof body?.code === 'string' ? body.code : '',
    retryAfter: Number.isFinite(seconds) ? seconds : null,
  });
}

/** @param {Record<string, any>} meta @returns {Meta} */
function readMeta(meta) {
  const interval = Number(meta.poll_interval);
  return {
    siteName: typeof meta.site_name === 'string' ? meta.site_name : null,
    timezone: typeof meta.timezone === 'string' ? meta.timezone : null,
    interval: interval > 0 ? interval : 60,
    newestRun: parseTime(meta.newest_run),
    collector: ['running', 'stopped', 'never'].includes(meta.collector) ? meta.collector : null,
    version: typeof meta.version === 'string' ? meta.version : null,
  };
}
