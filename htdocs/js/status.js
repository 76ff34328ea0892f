// @ts-check
// What the latest readings mean: how each PDU looks, what all draw together, whether the collector lives.
// Pure: takes the server's time as an argument. The page may have an answer that is older than the moment (a 304
// says nothing new), so whatever depends on time is worked out here again and can only get worse.

import { isKnown } from './format.js';
import { parseTime } from './time.js';

/** @typedef {import('./api.js').Meta} Meta */
/** @typedef {'online' | 'stale' | 'offline' | 'waiting'} PDUState */
/** @typedef {'measured' | 'unknown' | 'notMetered' | 'off'} PowerLook four different things, four looks */
/**
 * @typedef {object} PDU
 * @property {number} id
 * @property {string} name
 * @property {string} address
 * @property {number | null} watts null: not known
 * @property {PowerLook} look
 * @property {boolean} isEstimate
 * @property {PDUState} state
 * @property {number | null} readAt milliseconds
 * @property {string | null} failure a `reason` of the contract
 * @property {string | null} failureDetail
 * @property {boolean} isPolled whether the configuration still has it
 */

/**
 * After this many poll intervals a reading says nothing about the present, and without a run the collector has
 * stopped. The server goes by the same number.
 */
const FRESH_INTERVALS = 2.5;

/**
 * One PDU of `/api/current-status` as the page shows it at `now`.
 * @param {Record<string, any>} item
 * @param {Meta} meta
 * @param {number} now
 * @returns {PDU}
 */
export function toPDU(item, meta, now) {
  const readAt = parseTime(item.last_reading);
  const state = stateOf(item, readAt, meta, now);
  const watts = state === 'online' && isKnown(item.current_power_watts) ? item.current_power_watts : null;
  return {
    id: Number(item.id),
    name: String(item.name ?? ''),
    address: String(item.ip ?? ''),
    watts,
    look: lookOf(item, state, watts),
    isEstimate: item.power_is_estimate === true,
    state,
    readAt,
    failure: typeof item.failure === 'string' ? item.failure : null,
    failureDetail: typeof item.failure_detail === 'string' ? item.failure_detail : null,
    isPolled: item.configured !== false,
  };
}

/**
 * @param {Record<string, any>} item
 * @param {number | null} readAt
 * @param {Meta} meta
 * @param {number} now
 * @returns {PDUState}
 */
function stateOf(item, readAt, meta, now) {
  if (readAt === null && !item.failure) return 'waiting';
  if (item.status === 'online') {
    const staleAfter = parseTime(item.stale_after) ?? (readAt ?? now) + FRESH_INTERVALS * meta.interval * 1000;
    return now > staleAfter ? 'stale' : 'online';
  }
  return item.status === 'stale' ? 'stale' : 'offline';
}

/**
 * @param {Record<string, any>} item
 * @param {PDUState} state
 * @param {number | null} watts
 * @returns {PowerLook}
 */
function lookOf(item, state, watts) {
  if (state !== 'online') return 'unknown';
  if (item.state === 'off') return 'off';
  return watts === null ? 'notMetered' : 'measured';
}

/**
 * What all PDUs draw together, and of how many that is known. Unknown adds nothing and is counted.
 * @param {PDU[]} pdus
 */
export function total(pdus) {
  const polled = pdus.filter((pdu) => pdu.isPolled);
  const measured = polled.filter((pdu) => pdu.watts !== null);
  return {
    watts: measured.length > 0 ? measured.reduce((sum, pdu) => sum + (pdu.watts ?? 0), 0) : null,
    members: measured.length,
    of: polled.length,
    hasEstimate: measured.some((pdu) => pdu.isEstimate),
  };
}

/**
 * The collector at `now`: seconds since its newest run, and whether that is too long.
 * @param {Meta} meta
 * @param {number} now
 * @returns {{ state: 'running' | 'stopped' | 'never' | 'unknown', silence: number | null }}
 */
export function collector(meta, now) {
  const silence = meta.newestRun === null ? null : Math.max(0, (now - meta.newestRun) / 1000);
  if (meta.collector === 'never') return { state: 'never', silence };
  if (meta.collector === 'stopped') return { state: 'stopped', silence };
  if (silence !== null && silence > FRESH_INTERVALS * meta.interval) return { state: 'stopped', silence };
  return { state: meta.collector ?? 'unknown', silence };
}

/** @typedef {'loading' | 'ok' | 'empty' | 'waiting' | 'stale' | 'offline' | 'stopped' | 'unreachable' | 'refused'} HealthKind */

/**
 * One word for all: the worst thing that is true, and of how many PDUs.
 * @param {PDU[]} pdus
 * @param {ReturnType<typeof collector>} collecting
 * @param {import('./api.js').ApiError | null} problem why there is no newer answer
 * @returns {{ kind: HealthKind, count: number }}
 */
export function health(pdus, collecting, problem) {
  /** @param {PDUState} state */
  const count = (state) => pdus.filter((pdu) => pdu.isPolled && pdu.state === state).length;
  if (problem) return { kind: problem.kind === 'refused' ? 'refused' : 'unreachable', count: 0 };
  if (pdus.length === 0) return { kind: 'empty', count: 0 };
  if (collecting.state === 'stopped') return { kind: 'stopped', count: 0 };
  if (count('offline') > 0) return { kind: 'offline', count: count('offline') };
  if (count('stale') > 0) return { kind: 'stale', count: count('stale') };
  if (count('waiting') > 0) return { kind: 'waiting', count: count('waiting') };
  return { kind: 'ok', count: pdus.length };
}
