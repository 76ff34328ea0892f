// @ts-check
// What is looked at: all PDUs or one of them, the range and what it is compared with, the form of the chart. Kept in the URL's
// query, so that Back works and a link that is shared shows the same.

import { DEFAULT_CHOICE, formatChoice, parseChoice } from './choice.js';
import { PERIODS, isCivil } from './range.js';

/** @typedef {import('./range.js').Period} Period */
/** @typedef {import('./range.js').Comparison} Comparison */
/** @typedef {'minute' | 'quarter_hour' | 'hour' | 'day' | 'month'} Resolution the length of a bucket */
/** @typedef {'none' | 'pdu' | 'outlet' | 'group'} Stack what each bar is made of */
/**
 * @typedef {object} View
 * @property {Period} period
 * @property {string | null} at a date in the period, by the site's clocks; null: the current one
 * @property {string | null} from of a custom range: its first day, or its first minute
 * @property {string | null} to of a custom range: its last day, or the minute after its last
 * @property {Comparison | null} compare
 * @property {Resolution | null} by null: chosen by the length of the range
 * @property {Stack | null} stack null: what suits the page
 * @property {'panels' | 'dual'} axes energy and power below each other, or in one panel with an axis each
 * @property {number[] | null} pdus those that the chart of all adds up: ids in ascending order; null: every PDU
 * @property {'chart' | 'table'} as
 * @property {number | null} pdu the one whose page is open; null: the page of all
 * @property {number | null} element the part of that PDU whose history is shown; null: the whole of it
 * @property {import('./choice.js').Choice} who which consumers are listed, and in which order
 */

/** @type {Resolution[]} */
export const RESOLUTIONS = ['minute', 'quarter_hour', 'hour', 'day', 'month'];
/** @type {Stack[]} */
export const STACKS = ['none', 'pdu', 'outlet', 'group'];
/** @type {Comparison[]} */
export const COMPARISONS = ['previous', 'year'];

/**
 * What a URL without a query shows.
 * @type {View}
 */
export const DEFAULT_VIEW = {
  period: 'day', at: null, from: null, to: null, compare: null, by: null, stack: null, axes: 'panels',
  pdus: null, as: 'chart', pdu: null, element: null, who: DEFAULT_CHOICE,
};

/**
 * The view that a query names. What it does not name, or names wrongly, is the default's.
 * @param {string} query as in `location.search`
 * @returns {View}
 */
export function parseView(query) {
  const parameters = new URLSearchParams(query);
  const pdu = parseID(parameters.get('pdu'));
  return {
    ...parseRange(parameters),
    compare: oneOf(COMPARISONS, parameters.get('compare')),
    by: oneOf(RESOLUTIONS, parameters.get('by')),
    stack: oneOf(STACKS, parameters.get('stack')),
    axes: parameters.get('axes') === 'dual' ? 'dual' : 'panels',
    pdus: parsePDUs(parameters.get('pdus')),
    as: parameters.get('as') === 'table' ? 'table' : 'chart',
    pdu,
    element: pdu === null ? null : parseID(parameters.get('element')),
    who: parseChoice(parameters),
  };
}

/** @param {URLSearchParams} parameters @returns {Pick<View, 'period' | 'at' | 'from' | 'to'>} */
function parseRange(parameters) {
  const period = oneOf(PERIODS, parameters.get('period')) ?? DEFAULT_VIEW.period;
  const [from, to] = [parameters.get('from'), parameters.get('to')];
  if (isCivil(from) && isCivil(to) && from.length === to.length && (from < to || (from === to && to.length === 10))) {
    return { period: 'custom', at: null, from, to };
  }
  // "2026" and "2026-11" name a year and a month.
  const at = `${parameters.get('at') ?? ''}${{ 4: '-01-01', 7: '-01' }[parameters.get('at')?.length ?? 0] ?? ''}`;
  return {
    period: period === 'custom' ? DEFAULT_VIEW.period : period, at: isCivil(at) && at.length === 10 ? at : null, from: null, to: null,
  };
}

/**
 * @template {string} Name
 * @param {Name[]} known @param {string | null} name
 * @returns {Name | null}
 */
function oneOf(known, name) {
  return known.find((one) => one === name) ?? null;
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
  if (view.period === 'custom') parts.push(`from=${view.from}`, `to=${view.to}`);
  else if (view.period !== DEFAULT_VIEW.period) parts.push(`period=${view.period}`);
  if (view.at !== null) parts.push(`at=${view.at.slice(0, { month: 7, year: 4 }[/** @type {string} */ (view.period)] ?? 10)}`);
  for (const name of /** @type {const} */ (['compare', 'by', 'stack'])) {
    if (view[name] !== null) parts.push(`${name}=${view[name]}`);
  }
  if (view.axes !== DEFAULT_VIEW.axes) parts.push(`axes=${view.axes}`);
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
  const { period, at, from, to, compare, by, stack } = view;
  const range = [period, at ?? from ?? 'now', to, compare, by, stack].join('|');
  if (view.pdu !== null) return `${range}|pdu ${view.pdu}|${view.element ?? 'whole'}`;
  return `${range}|${view.pdus ? view.pdus.join(',') : 'all'}`;
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
