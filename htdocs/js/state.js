// @ts-check
// What is looked at: all PDUs or one of them, the period, the PDUs of the chart, chart or table. Kept in the URL's
// query, so that Back works and a link that is shared shows the same.

import { DEFAULT_CHOICE, formatChoice, parseChoice } from './consumers.js';

/** @typedef {import('./time.js').Period} Period */
/**
 * @typedef {object} View
 * @property {Period} period
 * @property {number[] | null} pdus those that the chart of all adds up: ids in ascending order; null: every PDU
 * @property {'chart' | 'table'} as
 * @property {number | null} pdu the one whose page is open; null: the page of all
 * @property {number | null} element the part of that PDU whose history is shown; null: the whole of it
 * @property {import('./consumers.js').Choice} who which consumers are listed, and in which order
 */

/** @type {Period[]} */
export const PERIODS = ['day', 'week', 'month', 'year'];

/**
 * What a URL without a query shows.
 * @type {View}
 */
export const DEFAULT_VIEW = { period: 'day', pdus: null, as: 'chart', pdu: null, element: null, who: DEFAULT_CHOICE };

/**
 * The view that a query names. What it does not name, or names wrongly, is the default's.
 * @param {string} query as in `location.search`
 * @returns {View}
 */
export function parseView(query) {
  const parameters = new URLSearchParams(query);
  const period = /** @type {Period} */ (parameters.get('period'));
  const pdu = parseID(parameters.get('pdu'));
  return {
    period: PERIODS.includes(period) ? period : DEFAULT_VIEW.period,
    pdus: parsePDUs(parameters.get('pdus')),
    as: parameters.get('as') === 'table' ? 'table' : 'chart',
    pdu,
    element: pdu === null ? null : parseID(parameters.get('element')),
    who: parseChoice(parameters),
  };
}

/** @param {string | null} text @returns {number | null} */
function parseID(text) {
  return text !== null && isID(text) ? Number(text) : null;
}

/** @param {string} text */
function isID(text) {
  return /^\d{1,15}$/.test(text);
}

/** @param {string | null} text @returns {number[] | null} */
function parsePDUs(text) {
  if (text === null) return null;
  const ids = text.split(',').filter(isID).map(Number);
  if (ids.length === 0 && text !== '') return null;
  return [...new Set(ids)].sort((a, b) => a - b);
}

/**
 * The query that names a view; empty for the default.
 * @param {View} view
 */
export function formatView(view) {
  const parts = [];
  if (view.pdu !== null) parts.push(`pdu=${view.pdu}`);
  if (view.element !== null) parts.push(`element=${view.element}`);
  if (view.period !== DEFAULT_VIEW.period) parts.push(`period=${view.period}`);
  if (view.pdus) parts.push(`pdus=${view.pdus.join(',')}`);
  if (view.as !== DEFAULT_VIEW.as) parts.push(`as=${view.as}`);
  parts.push(...formatChoice(view.who));
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/**
 * The PDUs whose history a view shows: null: every one.
 * @param {View} view
 * @returns {number[] | null}
 */
export function shownPDUs(view) {
  return view.pdu === null ? view.pdus : [view.pdu];
}

/**
 * The page of one PDU, or of all, with the period and the PDUs of the chart as they are.
 * @param {View} view
 * @param {number | null} pdu
 * @returns {View}
 */
export function withPage(view, pdu) {
  return { ...view, pdu, element: null };
}

/**
 * Whether two views show the same data, in whatever form.
 * @param {View} a
 * @param {View} b
 */
export function isSameData(a, b) {
  return dataKey(a) === dataKey(b);
}

/**
 * A text that is equal for views of the same data.
 * @param {View} view
 */
export function dataKey(view) {
  if (view.pdu !== null) return `${view.period}|pdu ${view.pdu}|${view.element ?? 'whole'}`;
  return `${view.period}|${view.pdus ? view.pdus.join(',') : 'all'}`;
}

/**
 * The view without PDUs that do not exist; every PDU when none of them does.
 * @param {View} view
 * @param {number[]} known
 * @returns {View}
 */
export function withKnownPDUs(view, known) {
  if (!view.pdus || view.pdus.length === 0) return view;
  const pdus = view.pdus.filter((id) => known.includes(id));
  if (pdus.length === view.pdus.length) return view;
  return { ...view, pdus: pdus.length > 0 ? pdus : null };
}

/**
 * The view with one PDU put in or taken out; every PDU when all are in.
 * @param {View} view
 * @param {number} id
 * @param {boolean} isIncluded
 * @param {number[]} known
 * @returns {View}
 */
export function withPDU(view, id, isIncluded, known) {
  const others = (view.pdus ?? known).filter((other) => other !== id);
  const pdus = (isIncluded ? [...others, id] : others).sort((a, b) => a - b);
  return { ...view, pdus: known.every((other) => pdus.includes(other)) ? null : pdus };
}

/** The view in the browser's URL, and those who want to know when it changes. */
export class ViewStore {
  constructor() {
    this.view = parseView(location.search);
    /** @type {((view: View) => void)[]} */
    this.listeners = [];
    addEventListener('popstate', () => this.#set(parseView(location.search)));
  }

  /**
   * Calls `listener` after each change.
   * @param {(view: View) => void} listener
   */
  subscribe(listener) {
    this.listeners.push(listener);
  }

  /**
   * The address of `view`, for a link.
   * @param {View} view
   */
  address(view) {
    return `${location.pathname}${formatView(view)}`;
  }

  /**
   * Goes to `view`, with a step that Back undoes.
   * @param {View} view
   */
  go(view) {
    if (formatView(view) === formatView(this.view)) return;
    history.pushState(null, '', this.address(view));
    this.#set(view);
  }

  /**
   * Corrects the view without a step of its own.
   * @param {View} view
   */
  correct(view) {
    if (formatView(view) === formatView(this.view)) return;
    history.replaceState(null, '', this.address(view));
    this.#set(view);
  }

  /** @param {View} view */
  #set(view) {
    this.view = view;
    for (const listener of this.listeners) listener(view);
  }
}
