// @ts-check
// What the page knows of who uses it: the rows of the range that is shown and of the one that it is compared with, and
// what went wrong. Asks; shows nothing.

import { get } from '../../api.js';
import { asApiError } from '../../dashboard.js';
import { keptSignal } from '../../kept.js';
import { settings } from '../../settings.js';

/** @typedef {import('../../choice.js').Kind} Kind */
/** @typedef {{ start: string, end: string }} Range */
/**
 * @typedef {object} Question
 * @property {Kind | null} kind null: outlets where any is metered, otherwise PDUs, or other parts of one PDU
 * @property {Range} range
 * @property {Range | null} compared
 * @property {number[] | null} pdus null: every one
 */
/**
 * @typedef {object} Known
 * @property {string} key of the question that it answers
 * @property {Kind} kind
 * @property {string} start
 * @property {string} end
 * @property {Record<string, any>[]} rows
 * @property {Record<string, any>[]} residual
 * @property {number | null} whole kWh of everything, where groups are told; null: not asked, or not known
 * @property {Map<number, Record<string, any>> | null} before by element; null: nothing is compared
 * @property {Range | null} beforeRange
 * @property {number} at server time
 */

/** @type {Kind[]} */
const UNITS_NEXT = ['outlet', 'pdu'];
/** @type {Kind[]} */
const PARTS_FIRST = ['outlet', 'bank', 'phase', 'pdu'];

/** How many groups are asked about at once. */
const AT_ONCE = 4;

/**
 * A text that is equal for equal questions.
 * @param {Question} question
 */
export function keyOf({ kind, range, compared, pdus }) {
  return JSON.stringify([kind, range.start, range.end, compared && [compared.start, compared.end], pdus]);
}

/** The rows, and the requests that renew them. */
export class WhoData {
  /** @param {() => number} now the server's time */
  constructor(now) {
    this.now = now;
    /** @type {Known | null} */
    this.known = null;
    /** @type {import('../../api.js').ApiError | null} */
    this.problem = null;
    this.request = new AbortController();
    this.told = '';
  }

  /** @param {Question} question */
  async load(question) {
    this.request.abort();
    const { signal } = (this.request = new AbortController());
    const key = keyOf(question);
    if (this.known?.key !== key) this.problem = null;
    /** @param {AbortSignal} by @param {number} at */
    const ask = async (by, at) => {
      const found = question.kind === 'group' ? await this.#groups(question, by) : await this.#consumers(question, by);
      const told = JSON.stringify([key, found, found.before && [...found.before]]);
      if (told === this.told && this.known) this.known.at = at || this.now();
      else this.known = { ...found, key, at: at || this.now() };
      this.told = told;
    };
    try {
      await ask(signal, 0);
      this.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = asApiError(error);
      // What is kept says nothing of the present.
      if (this.known === null) await ask(keptSignal(), 1).catch(() => {});
    }
  }

  /** @param {Question} question @param {AbortSignal} signal */
  async #consumers(question, signal) {
    const { range, compared } = question;
    /** @param {Kind} kind @param {Range} range */
    const ask = async (kind, { start, end }) => (await get(`api/consumers?kind=${kind}&${during(start, end)}${of(question)}`, signal)).data ?? {};
    // Where nobody has chosen: the smallest parts of which something is known.
    const kinds = question.kind ? [question.kind] : question.pdus?.length === 1 ? PARTS_FIRST : UNITS_NEXT;
    let kind = /** @type {Kind} */ (kinds[0]);
    let main = ask(kind, range);
    for (const next of kinds.slice(1)) {
      if ((await main).rows?.some((/** @type {any} */ row) => row.metered !== false && row.kwh !== null)) break;
      kind = next;
      main = ask(kind, range);
    }
    const other = compared ? ask(kind, compared) : null;
    const [data, before] = await Promise.all([main, other]);
    return {
      kind, start: String(data.start ?? range.start), end: String(data.end ?? range.end), rows: data.rows ?? [], residual: data.residual ?? [], whole: null,
      before: before && new Map((before.rows ?? []).map((/** @type {any} */ row) => [Number(row.element_id), row])), beforeRange: before && compared,
    };
  }

  /**
   * Groups may hold anything, so each is asked for as a sum: only that knows the highest minute of all members.
   * @param {Question} question @param {AbortSignal} signal
   */
  async #groups(question, signal) {
    const { range, compared } = question;
    /** @type {Map<number, Record<string, any>>} */
    const before = new Map();
    /** @type {Record<string, any>[]} */
    const rows = [];
    const waiting = settings.groups.filter(({ elements }) => elements.length > 0);
    /** @param {string} selection @param {Range} range */
    const ask = async (selection, { start, end }) => (await get(`api/history?${selection}resolution=month&${during(start, end)}`, signal)).data?.sum ?? {};
    const everything = ask('', range);
    everything.catch(() => {});
    const work = async () => {
      for (let group = waiting.shift(); group; group = waiting.shift()) {
        const [sum, past, overview] = await Promise.all([
          ask(`group_ids=${group.id}&`, range), compared && ask(`group_ids=${group.id}&`, compared), get(`api/overview?group_ids=${group.id}`, signal),
        ]);
        rows.push({ ...sum, id: group.id, kind: 'group', name: group.name, members: group.elements.length, now_watts: overview.data?.now?.watts ?? null });
        if (past) before.set(group.id, past);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const whole = Number((await everything).kwh) || null;
    for (const row of rows) row.share = whole === null || row.kwh === null ? null : row.kwh / whole;
    const empty = settings.groups.filter(({ elements }) => elements.length === 0).map(({ id, name }) => ({ id, kind: 'group', name, members: 0, metered: false }));
    return {
      kind: /** @type {Kind} */ ('group'), ...range, rows: [...rows, ...empty].sort((a, b) => Number(a.id) - Number(b.id)), residual: [], whole,
      before: compared && before, beforeRange: compared,
    };
  }
}

/** @param {string} start @param {string} end */
function during(start, end) {
  return `start=${encodeURIComponent(start)}&end=${encodeURIComponent(end)}`;
}

/** @param {Question} question */
function of({ pdus }) {
  return pdus ? `&pdu_ids=${pdus.join(',')}` : '';
}
