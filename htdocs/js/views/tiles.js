// @ts-check
// The statistics of the chosen period, a tile each; made once, then changed in place.

import { byId, make, quantity, setQuantity, setText } from '../dom.js';
import { UNKNOWN, energy, isKnown, percent, power, text } from '../format.js';
import { isMissingSome, membersOf } from '../series.js';
import { strings } from '../strings.js';
import { parseTime, peakWords } from '../time.js';

/** @typedef {import('../time.js').SiteCalendar} SiteCalendar */
/** @typedef {'energy' | 'mean' | 'maximum' | 'minimum' | 'peak' | 'coverage'} TileName */

/** @type {Map<TileName, { figure: HTMLElement, note: HTMLElement }>} */
const tiles = new Map();

/** Makes the tiles, empty and of their final size. */
export function makeTiles() {
  for (const name of /** @type {TileName[]} */ (['energy', 'mean', 'maximum', 'minimum', 'peak', 'coverage'])) {
    const figure = quantity();
    const note = make('dd', { class: 'note muted' }, '\u00a0');
    tiles.set(name, { figure, note });
    byId('tiles').append(make('div', { class: 'tile skeleton', 'data-tile': name },
      make('dt', {}, strings.tiles[name]), make('dd', { class: 'figure' }, figure), note));
  }
}

/**
 * @param {Record<string, any>} statistics of `/api/statistics`
 * @param {import('../time.js').Period} period
 * @param {SiteCalendar | null} calendar
 */
export function renderTiles(statistics, period, calendar) {
  byId('tiles').querySelectorAll('.skeleton').forEach((tile) => tile.classList.remove('skeleton'));
  const words = strings.tiles;
  const sum = membersOf(statistics);
  const missing = isMissingSome(sum) ? ` · ${strings.now.members(sum.members ?? 0, sum.of ?? 0)}` : '';
  set('energy', energy(statistics.total_kwh), (strings.history.spans[period] ?? '') + missing);
  set('mean', power(statistics.avg_power_watts), isKnown(statistics.avg_power_watts) ? words.meanNote(text(energy(statistics.avg_power_watts * 0.024))) : '');
  set('maximum', power(statistics.max_power_watts), moment(statistics.max_power_at, calendar));
  set('minimum', power(statistics.min_power_watts), moment(statistics.min_power_at, calendar));
  const peak = peakWords(statistics.peak_hour);
  set('peak', { value: peak ? peak.time || peak.day : UNKNOWN, unit: '' }, peak?.time ? peak.day : '');
  set('coverage', percent(statistics.coverage), words.coverageNote);
}

/**
 * Says that nothing is known.
 * @param {import('../time.js').Period} period
 */
export function clearTiles(period) {
  renderTiles({}, period, null);
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
}

/** @param {unknown} text @param {SiteCalendar | null} calendar */
function moment(text, calendar) {
  const time = parseTime(text);
  return time === null || !calendar ? '' : calendar.dayAndTime(time);
}
