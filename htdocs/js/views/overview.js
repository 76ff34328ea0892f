// @ts-check
// The tiles of the present beside the total: the last day as a line, today against the usual, this month, today's
// peak, the fullest breaker or phase. Made once, then changed in place.

import { wordsOf } from '../dashboard.js';
import { byId, icon, make, quantity, setAttribute, setIcon, setQuantity, setText, show } from '../dom.js';
import { UNKNOWN, age, energy, isKnown, measure, percent, power, text } from '../format.js';
import { hourlyOf } from '../elements.js';
import { settings } from '../settings.js';
import { withPage } from '../state.js';
import { strings } from '../strings.js';
import { parseTime } from '../time.js';
import { ViewLink } from './link.js';
import { Sparkline } from './pdu/sparkline.js';
import { changeOf } from './tiles.js';

/**
 * @typedef {object} OverviewModel
 * @property {Record<string, any> | null} data of `/api/overview`
 * @property {number | null} at server time of `data`
 * @property {import('../api.js').ApiError | null} problem why there is none that is newer
 * @property {boolean} isUnreachable whether a notice says already that the server is
 * @property {number | null} readAt the newest reading of all
 * @property {number} now
 * @property {import('../time.js').SiteCalendar} calendar
 */

/** A difference below this share is none. */
const ABOUT = 0.02;
/** Per cent of a rating from which a load is high, and very high. */
const HIGH = 70;
const VERY_HIGH = 80;
/** Below this share of the time, a sum says how much of it is known. */
const ENOUGH = 0.95;

/** One tile: a name, a figure, a bar, two lines. */
class Tile {
  /** @param {string} id @param {string} name */
  constructor(id, name) {
    this.figure = quantity();
    this.badgeIcon = icon('ok');
    this.badgeWord = make('span');
    this.badge = make('span', { class: 'pill', hidden: true }, this.badgeIcon, ' ', this.badgeWord);
    this.fill = make('span');
    this.bar = make('div', { class: 'meter', 'aria-hidden': 'true' }, this.fill);
    this.note = make('p', { class: 'muted' }, '\u00a0');
    this.more = make('p', { class: 'muted' }, '\u00a0');
    this.root = make('div', { class: 'panel glance skeleton', id: `glance-${id}` },
      make('h3', {}, name), make('p', { class: 'glance-figure' }, this.figure, ' ', this.badge), this.bar, this.note, this.more);
  }

  /**
   * @param {import('../format.js').Quantity} figure
   * @param {string} note @param {string} more
   * @param {number | null} share of the bar; null: none
   */
  render(figure, note, more, share) {
    this.root.classList.remove('skeleton');
    setQuantity(this.figure, figure);
    setText(this.note, note || '\u00a0');
    setText(this.more, more || '\u00a0');
    this.bar.classList.toggle('none', share === null);
    this.fill.style.width = `${Math.min(Math.max(share ?? 0, 0), 1) * 100}%`;
  }
}

/** The tiles. */
export class OverviewView {
  /** @param {import('../state.js').ViewStore} store */
  constructor(store) {
    const words = strings.overview;
    this.trend = make('span');
    this.readAt = make('span');
    this.sparkline = new Sparkline();
    this.sparkline.render([]);
    byId('total').insertBefore(make('p', { class: 'muted total-now' }, this.readAt, this.trend), byId('shares'));
    byId('total').insertBefore(this.sparkline.root, byId('shares'));
    this.today = new Tile('today', words.today);
    this.month = new Tile('month', words.month);
    this.peak = new Tile('peak', words.peak);
    this.fullest = new Tile('fullest', words.fullest);
    /** @type {{ pdu: number, element: number | null } | null} */
    this.full = null;
    this.link = new ViewLink(store, (view) => (this.full === null ? view : { ...withPage(view, this.full.pdu), element: this.full.element }));
    this.fullest.note.replaceChildren(this.link.root);
    this.problem = make('p', { class: 'notice inline', 'data-kind': 'error', hidden: true });
    byId('overview').append(this.today.root, this.month.root, this.peak.root, this.fullest.root, this.problem);
  }

  /** @param {OverviewModel} model */
  render({ data, at, problem, isUnreachable, readAt, now, calendar }) {
    const words = strings.overview;
    setText(this.readAt, readAt === null ? '' : words.read(age(Math.max(0, (now - readAt) / 1000))));
    show(this.problem, problem !== null && !isUnreachable);
    setText(this.problem, problem === null ? '' : strings.notices.partFailed(wordsOf(problem), at === null ? null : calendar.timeWithZone(at)));
    if (data === null && problem === null) return;
    this.#renderTotal(data?.now ?? {});
    this.#renderToday(data?.today ?? {});
    this.#renderMonth(data?.month ?? {});
    this.#renderPeak(data?.peak_today ?? {}, now, calendar);
    this.#renderFullest(data?.fullest ?? null);
  }

  /** @param {Record<string, any>} of */
  #renderTotal({ watts, trend_watts_per_hour: trend, sparkline_watts: hours }) {
    const words = strings.overview;
    const isSmall = !isKnown(trend) || Math.abs(trend) < Math.max(5, Math.abs(isKnown(watts) ? watts : 0) * ABOUT);
    const rate = text(power(Math.abs(isKnown(trend) ? trend : 0)));
    setText(this.trend, !isKnown(trend) ? '' : ` · ${isSmall ? words.steady : trend > 0 ? words.rising(rate) : words.falling(rate)}`);
    this.sparkline.render(hourlyOf(hours));
  }

  /** @param {Record<string, any>} of */
  #renderToday({ kwh, usual_kwh: usual, coverage }) {
    const words = strings.overview;
    const change = changeOf(known(kwh), known(usual));
    const verdict = change === null ? '' : Math.abs(change) < ABOUT ? words.about : (change < 0 ? words.less : words.more)(shareOf(change));
    this.today.render(energy(kwh), change === null ? words.noUsual : verdict,
      [change === null ? '' : words.usual(text(energy(usual))), missing(coverage)].filter(Boolean).join(' · '),
      change === null ? null : (change + 1) / 2);
  }

  /** @param {Record<string, any>} of */
  #renderMonth({ kwh, previous_same_part_kwh: previous, coverage }) {
    const words = strings.overview;
    const change = changeOf(known(kwh), known(previous));
    const verdict = change === null ? '' : Math.abs(change) < ABOUT ? words.aboutMonth : (change < 0 ? words.lessMonth : words.moreMonth)(shareOf(change));
    this.month.render(energy(kwh), change === null ? words.noLastMonth : verdict,
      [change === null ? '' : words.lastMonth(text(energy(previous))), missing(coverage)].filter(Boolean).join(' · '),
      change === null ? null : (change + 1) / 2);
  }

  /** @param {Record<string, any>} of @param {number} now @param {import('../time.js').SiteCalendar} calendar */
  #renderPeak({ watts, at }, now, calendar) {
    const words = strings.overview;
    const time = parseTime(at);
    this.peak.render(power(watts), time === null || !isKnown(watts) ? words.noPeak : words.at(calendar.time(time), age((now - time) / 1000)), '', null);
  }

  /** @param {Record<string, any> | null} of */
  #renderFullest(of) {
    const words = strings.overview;
    this.fullest.root.classList.remove('skeleton');
    const load = known(of?.load_percent);
    this.full = of === null || load === null ? null : { pdu: Number(of.pdu_id), element: of.kind === 'pdu' ? null : Number(of.element_id) };
    show(this.fullest.badge, load !== null);
    show(this.link.root, this.full !== null);
    if (of === null || load === null) {
      this.fullest.root.dataset.level = 'none';
      setQuantity(this.fullest.figure, { value: UNKNOWN, unit: '' });
      this.fullest.bar.classList.add('none');
      return setText(this.fullest.more, words.noRating);
    }
    const level = load >= VERY_HIGH ? 'critical' : load >= HIGH ? 'warning' : 'ordinary';
    this.fullest.root.dataset.level = level;
    this.fullest.badge.dataset.kind = { ordinary: 'ok', warning: 'stale', critical: 'offline' }[level];
    setIcon(this.fullest.badgeIcon, level === 'ordinary' ? 'ok' : 'warning');
    setText(this.fullest.badgeWord, words.levels[level] ?? '');
    setQuantity(this.fullest.figure, measure(load, '%', 0));
    this.fullest.bar.classList.remove('none');
    this.fullest.fill.style.width = `${Math.min(Math.max(load, 0), 100)}%`;
    const pdu = settings.nameOf(Number(of.pdu_id), String(of.pdu ?? ''));
    setText(this.link.root, of.kind === 'pdu' ? pdu : words.of(settings.nameOf(Number(of.element_id), partName(of)), pdu));
    this.link.point();
    setText(this.fullest.more, words.load(text(measure(of.current_amps, 'A', 1)), text(measure(of.rated_current_amps, 'A', 0))));
    setAttribute(this.fullest.bar, 'data-level', level);
  }
}

/** @param {unknown} value */
function known(value) {
  return isKnown(value) ? value : null;
}

/** @param {number} change */
function shareOf(change) {
  return text({ value: String(Math.round(Math.abs(change) * 100)), unit: '%' });
}

/** @param {unknown} coverage */
function missing(coverage) {
  return isKnown(coverage) && coverage < ENOUGH ? strings.overview.coverage(text(percent(coverage))) : '';
}

/** @param {Record<string, any>} of */
function partName({ kind, number, name }) {
  if (typeof name === 'string' && name.trim() !== '') return name;
  if (kind === 'phase') return strings.loads.phase(Number(number));
  return kind === 'bank' ? strings.loads.bank(Number(number)) : strings.outlets.outlet(Number(number));
}
