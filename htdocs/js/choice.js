// @ts-check
// Which consumers are listed, and in which order: the part of the view that the section "Who uses it" has in the URL.
// Pure.

/** @typedef {'pdu' | 'outlet' | 'bank' | 'phase' | 'group'} Kind */
/** @typedef {'name' | 'watts' | 'minimum' | 'mean' | 'maximum' | 'kwh' | 'share' | 'coverage' | 'change'} Column */
/**
 * @typedef {object} Choice which consumers, and in which order
 * @property {Kind | null} kind null: outlets where there are metered ones, otherwise PDUs
 * @property {Column} sort
 * @property {boolean} isDescending
 * @property {string} find
 * @property {number | null} unit the PDU
 * @property {number | null} bank
 * @property {number | null} phase
 * @property {number | null} member the group
 * @property {string | null} state
 */

/** @type {Kind[]} */
export const KINDS = ['outlet', 'pdu', 'group', 'bank', 'phase'];

/** @type {Column[]} */
export const COLUMNS = ['name', 'watts', 'minimum', 'mean', 'maximum', 'kwh', 'share', 'coverage', 'change'];

/** What can be asked for as a state. */
export const STATES = ['on', 'off', 'unknown', 'metered', 'notMetered'];

/** @type {Choice} */
export const DEFAULT_CHOICE = {
  kind: null, sort: 'kwh', isDescending: true, find: '', unit: null, bank: null, phase: null, member: null, state: null,
};

/**
 * The choice that a query names.
 * @param {URLSearchParams} parameters
 * @returns {Choice}
 */
export function parseChoice(parameters) {
  const kind = /** @type {Kind} */ (parameters.get('who'));
  const by = parameters.get('sort') ?? '-kwh';
  const sort = /** @type {Column} */ (by.replace(/^-/, ''));
  const isSort = COLUMNS.includes(sort);
  /** @param {string} name */
  const id = (name) => (/^\d{1,15}$/.test(parameters.get(name) ?? '') ? Number(parameters.get(name)) : null);
  const state = parameters.get('state');
  return {
    kind: KINDS.includes(kind) ? kind : null,
    sort: isSort ? sort : DEFAULT_CHOICE.sort,
    isDescending: isSort ? by.startsWith('-') : DEFAULT_CHOICE.isDescending,
    find: (parameters.get('find') ?? '').slice(0, 200),
    unit: id('unit'), bank: id('bank'), phase: id('phase'), member: id('member'),
    state: state !== null && STATES.includes(state) ? state : null,
  };
}

/**
 * The parameters that name a choice; none for the default.
 * @param {Choice} choice
 * @returns {string[]}
 */
export function formatChoice({ kind, sort, isDescending, find, unit, bank, phase, member, state }) {
  const by = `${isDescending ? '-' : ''}${sort}`;
  /** @type {[string, string | number | null][]} */
  const all = [
    ['who', kind], ['sort', by === '-kwh' ? null : by], ['find', find || null], ['unit', unit], ['bank', bank], ['phase', phase],
    ['member', member], ['state', state],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [`${name}=${encodeURIComponent(value)}`]));
}

/**
 * Whether only some are looked for.
 * @param {Choice} choice
 */
export function isFiltered({ find, unit, bank, phase, member, state }) {
  return find.trim() !== '' || [unit, bank, phase, member, state].some((one) => one !== null);
}
