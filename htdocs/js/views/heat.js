// @ts-check
// Hours by weekdays: a table whose cells are coloured by their power, so that it is read as well as seen. Made once for
// each answer.

import { wordsOf } from '../dashboard.js';
import { byId, make, setText, show } from '../dom.js';
import { isKnown, percent, power, powerIn, powerUnit, text } from '../format.js';
import { firstDay } from '../locale.js';
import { strings } from '../strings.js';
import { SiteCalendar, rangeWords } from '../time.js';

/** @typedef {import('../heatmap.js').Heat} Heat */

/** A Monday, to name the days by. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;
const CLOCK = new SiteCalendar('UTC');

/** The heat map. */
export class HeatView {
  constructor() {
    this.whose = make('p', { class: 'muted' });
    this.problem = make('p', { class: 'notice inline', 'data-kind': 'error', hidden: true });
    this.frame = make('div', { class: 'heat-frame', role: 'region', tabindex: '0', 'aria-label': strings.heat.table });
    this.sentence = make('p', { class: 'muted' }, '\u00a0');
    byId('heat').append(
      make('div', { class: 'section-head' }, make('h2', { id: 'heat-title' }, strings.heat.title), this.whose),
      this.problem, this.frame, this.sentence);
    /** @type {Heat | null} */
    this.shown = null;
    this.shownFor = '';
  }

  /**
   * @param {Heat | null} heat @param {import('../api.js').ApiError | null} problem @param {string} whose
   */
  render(heat, problem, whose) {
    show(byId('heat'), heat !== null || problem !== null);
    show(this.problem, problem !== null);
    setText(this.problem, problem === null ? '' : strings.notices.partFailed(wordsOf(problem), null));
    if (!heat || (heat === this.shown && whose === this.shownFor)) return;
    this.shown = heat;
    this.shownFor = whose;
    const range = rangeWords(heat.range);
    setText(this.whose, `${range} · ${whose}`);
    const { scrollLeft } = this.frame;
    this.frame.replaceChildren(...(hasAny(heat) ? [tableOf(heat, strings.heat.caption(whose, range)), keyOf(heat)] : [make('p', { class: 'muted' }, strings.heat.nothing)]));
    this.frame.scrollLeft = scrollLeft;
    setText(this.sentence, sentenceOf(heat) || '\u00a0');
  }
}

/** @param {Heat} heat */
function hasAny({ power: rows }) {
  return rows.some((row) => row.some(isKnown));
}

/** @param {Heat} heat */
function boundsOf({ power: rows }) {
  const known = rows.flat().filter(isKnown);
  return { low: Math.min(...known), high: Math.max(...known) };
}

/** @param {Heat} heat @param {string} caption */
function tableOf(heat, caption) {
  const { low, high } = boundsOf(heat);
  const unit = powerUnit(heat.power.flat());
  const words = strings.heat;
  const days = Array.from({ length: 7 }, (_, index) => (firstDay - 1 + index) % 7);
  return make('table', { class: 'heat-table' }, make('caption', {}, `${caption}, ${words.unit(unit)}`),
    make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, words.day),
      ...Array.from({ length: 24 }, (_, hour) => make('th', { scope: 'col', title: CLOCK.time(MONDAY + hour * 3_600_000) },
        String(hour))))),
    make('tbody', {}, ...days.map((day) => make('tr', {},
      make('th', { scope: 'row' }, dayName(day, 'short')),
      ...(heat.power[day] ?? []).map((watts, hour) => {
        const coverage = heat.coverage[day]?.[hour] ?? null;
        const cell = make('td', {
          class: watts === null ? 'gap' : '',
          title: `${dayName(day, 'long')}, ${CLOCK.time(MONDAY + hour * 3_600_000)}–${CLOCK.time(MONDAY + (hour + 1) * 3_600_000)}: ${watts === null ? words.none : words.cell(text(power(watts)), text(percent(coverage)))}`,
        }, watts === null ? make('span', { class: 'spoken' }, words.none) : make('span', {}, powerIn(watts, unit)));
        if (watts !== null) {
          const share = high > low ? Math.round(((watts - low) / (high - low)) * 100) : 50;
          cell.style.setProperty('--share', `${share}%`);
          // Where the number must change its colour to be read, in the light and in the dark scheme.
          cell.classList.toggle('hot', share >= 75);
          cell.classList.toggle('warm', share >= 54);
        }
        return cell;
      })))));
}

/** From the least to the most. @param {Heat} heat */
function keyOf(heat) {
  const { low, high } = boundsOf(heat);
  const words = strings.heat;
  return make('p', { class: 'heat-key muted', 'aria-hidden': 'true' }, `${words.low} ${text(power(low))}`, make('span'), `${words.high} ${text(power(high))}`);
}

/** @param {Heat} heat */
function sentenceOf(heat) {
  const { high } = boundsOf(heat);
  for (const [day, row] of heat.power.entries()) {
    const hour = row.indexOf(high);
    if (hour >= 0) return strings.heat.highest(text(power(high)), dayName(day, 'long'), CLOCK.time(MONDAY + hour * 3_600_000));
  }
  return '';
}

/** @param {number} day 0 is Monday @param {'short' | 'long'} weekday */
function dayName(day, weekday) {
  return CLOCK.words(MONDAY + day * DAY, { weekday });
}
