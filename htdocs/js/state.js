// @ts-check
// What is looked at: period, PDUs, chart or table. Kept in the URL's query, so that Back works and a link
// that is shared shows the same.

/** @typedef {import('./time.js').Period} Period */
/**
 * @typedef {object} View
 * @property {Period} period
 * @property {number[] | null} pdus ids in ascending order; null: every PDU
 * @property {'chart' | 'table'} as
 */

/** @type {Period[]} */
export const PERIODS = ['day', 'week', 'month', 'year'];

/**
 * What a URL without a query shows.
 * @type {View}
 */
export const DEFAULT_VIEW = { period: 'day', pdus: null, as: 'chart' };

/**
 * The view that a query names. What it does not name, or names wrongly, is the default's.
 * @param {string} query as in `location.search`
 * @returns {View}
 */
export function parseView(query) {
  const parameters = new URLSearchParams(query);
  const period = /** @type {Period} */ (parameters.get('period'));
  return {
    period: PERIODS.includes(period) ? period : DEFAULT_VIEW.period,
    pdus: parsePDUs(parameters.get('pdus')),
    as: parameters.get('as') === 'table' ? 'table' : 'chart',
  };
}

/** @param {string | null} text @returns {number[] | null} */
function parsePDUs(text) {
  if (text === null) return null;
  const ids = text.split(',').filter((word) => /^\d{1,15}$/.test(word)).map(Number);
  if (ids.length === 0 && text !== '') return null;
  return [...new Set(ids)].sort((a, b) => a - b);
}

/**
 * The query that names a view; empty for the default.
 * @param {View} view
 */
export function formatView(view) {
  const parts = [];
  if (view.period !== DEFAULT_VIEW.period) parts.push(`period=${view.period}`);
  if (view.pdus) parts.push(`pdus=${view.pdus.join(',')}`);
  if (view.as !== DEFAULT_VIEW.as) parts.push(`as=${view.as}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
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
   * Goes to `view`, with a step that Back undoes.
   * @param {View} view
   */
  go(view) {
    if (formatView(view) === formatView(this.view)) return;
    history.pushState(null, '', `${location.pathname}${formatView(view)}`);
    this.#set(view);
  }

  /**
   * Corrects the view without a step of its own.
   * @param {View} view
   */
  correct(view) {
    if (formatView(view) === formatView(this.view)) return;
    history.replaceState(null, '', `${location.pathname}${formatView(view)}`);
    this.#set(view);
  }

  /** @param {View} view */
  #set(view) {
    this.view = view;
    for (const listener of this.listeners) listener(view);
  }
}
