// @ts-check
// The range in a few numbers, a tile each; made once, then changed in place.

import { byId, make, quantity, setAttribute, setQuantity, setText } from '../dom.js';
import { UNKNOWN, energy, isKnown, percent, power, text } from '../format.js';
import { isMissingSome } from '../series.js';
import { strings } from '../strings.js';
import { rangeWords } from '../time.js';

/** @typedef {import('../past.js').Past} Past */
/** @typedef {'energy' | 'mean' | 'maximum' | 'minimum' | 'peak' | 'coverage'} TileName */

/** @type {Map<TileName, { root: HTMLElement, name: HTMLElement, figure: HTMLElement, note: HTMLElement }>} */
const tiles = new Map();

/** Below this share, two ranges are not to be compared without saying so. */
const ENOUGH = 0.95;

/** Makes the tiles, empty and of their final size. */
export function makeTiles() {
  for (const name of /** @type {TileName[]} */ (['energy', 'mean', 'maximum', 'minimum', 'peak', 'coverage'])) {
    const figure = quantity();
    const note = make('dd', { class: 'note muted' }, '\u00a0');
    const title = make('dt', {}, name === 'peak' ? strings.tiles.highest.hour ?? '' : strings.tiles[name]);
    const root = make('div', { class: 'tile skeleton', 'data-tile': name }, title, make('dd', { class: 'figure' }, figure), note);
    tiles.set(name, { root, name: title, figure, note });
    byId('tiles').append(root);
  }
}

/** @param {Past | null} past null: nothing is known */
export function renderTiles(past) {
  byId('tiles').querySelectorAll('.skeleton').forEach((tile) => tile.classList.remove('skeleton'));
  const words = strings.tiles;
  const sum = past?.sum ?? { kwh: null, mean: null, maximum: null, minimum: null, maximumAt: null, minimumAt: null, coverage: null };
  const members = past?.buckets.find((bucket) => isMissingSome(bucket) && bucket.kwh !== null);
  const missing = members ? strings.now.members(members.members ?? 0, members.of ?? 0) : '';
  /** @param {number | null} at */
  const moment = (at) => (at === null || !past ? '' : past.calendar.dayAndTime(at));
  set('energy', energy(sum.kwh), missing);
  set('mean', power(sum.mean), isKnown(sum.mean) ? words.meanNote(text(energy(sum.mean * 0.024))) : '');
  set('maximum', power(sum.maximum), moment(sum.maximumAt));
  set('minimum', power(sum.minimum), moment(sum.minimumAt));
  set('coverage', percent(sum.coverage), words.coverageNote);
  if (past?.compared) renderChange(past);
  else renderHighest(past);
}

/** The bucket of most energy. @param {Past | null} past */
function renderHighest(past) {
  const highest = past?.buckets.reduce((/** @type {import('../series.js').Bucket | null} */ best, bucket) =>
    (bucket.kwh !== null && bucket.kwh > (best?.kwh ?? 0) ? bucket : best), null) ?? null;
  name('peak', strings.tiles.highest[past?.grain ?? 'hour'] ?? '');
  if (!past || !highest) return set('peak', { value: UNKNOWN, unit: '' }, '');
  const { calendar, grain } = past;
  const isTime = grain !== 'day' && grain !== 'month';
  const value = isTime ? calendar.time(highest.start) : grain === 'day' ? calendar.day(highest.start) : calendar.month(highest.start);
  set('peak', { value, unit: '' }, [isTime ? calendar.day(highest.start) : '', text(energy(highest.kwh))].filter(Boolean).join(' · '));
}

/** The change against the range compared with. @param {Past} past */
function renderChange(past) {
  const words = strings.compared;
  name('peak', words.name);
  const { compared, sum } = past;
  if (!compared) return;
  const change = changeOf(sum.kwh, compared.sum.kwh);
  const range = rangeWords(compared.range);
  if (compared.sum.kwh === null) return set('peak', { value: UNKNOWN, unit: '' }, words.unknown(range));
  const note = (compared.range.partEnd === null ? words.against : words.part)(text(energy(compared.sum.kwh)), range);
  const isWhole = [sum.coverage, compared.sum.coverage].every((coverage) => coverage === null || coverage >= ENOUGH);
  set('peak', changeWords(change), isWhole ? note : `${note} · ${words.incomplete}`);
}

/**
 * By how much of `before` it has changed; null where that says nothing.
 * @param {number | null} now @param {number | null} before
 */
export function changeOf(now, before) {
  return now === null || before === null || before <= 0 ? null : now / before - 1;
}

/**
 * "−12 %"
 * @param {number | null} change
 * @returns {import('../format.js').Quantity}
 */
export function changeWords(change) {
  if (change === null) return { value: UNKNOWN, unit: '' };
  const share = String(Math.round(Math.abs(change) * 100));
  if (share === '0') return { value: strings.compared.same, unit: '%' };
  return { value: change < 0 ? strings.compared.less(share) : strings.compared.more(share), unit: '%' };
}

/** @param {TileName} tile @param {string} words */
function name(tile, words) {
  const place = tiles.get(tile);
  if (place) setText(place.name, words);
}

/**
 * @param {TileName} name
 * @param {import('../format.js').Quantity} figure
 * @param {string} note
 */
function set(name, figure, note) {
  const tile = tiles.get(name);
  if (!tile) return;
  setQuantity(tile.figure, figure);
  setText(tile.note, note || '\u00a0');
  setAttribute(tile.note, 'title', note || null);
}
