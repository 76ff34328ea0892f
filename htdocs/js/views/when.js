// @ts-check
// The one date control: which range everything shows, in which steps, and what it is compared with.

import { byId, icon, make, setAttribute, setText, show } from '../dom.js';
import { firstDay } from '../locale.js';
import { LONGEST, PERIODS, addDays, dateOf, daysBetween, hasNext, isCivil, isCurrent, rangeOf, stepped, withDate, withPeriod } from '../range.js';
import { COMPARISONS, RESOLUTIONS } from '../state.js';
import { strings } from '../strings.js';
import { rangeWords } from '../time.js';

/** @typedef {import('../state.js').View} View */
/** @typedef {import('../range.js').Range} Range */

/** So many buckets are drawn at most. */
const MOST = 14_500;

/** Minutes of a bucket; a range shorter than one has none of it. */
const MINUTES = { minute: 1, quarter_hour: 15, hour: 60, day: 1440, month: 40_000 };

/**
 * A choice among a few, with its name before it.
 * @param {string} name
 * @param {[string, string][]} options value and words
 * @param {(value: string) => void} onChange
 */
export function makeSelect(name, options, onChange) {
  const select = make('select', {}, ...options.map(([value, words]) => make('option', { value }, words)));
  select.addEventListener('change', () => onChange(select.value));
  return { select, root: make('label', { class: 'choice' }, make('span', {}, name), ' ', select) };
}

/** The date control. */
export class WhenView {
  /**
   * @param {import('../state.js').ViewStore} store
   * @param {() => string} nowOf what the site's clocks show, as a date with a time
   */
  constructor(store, nowOf) {
    this.store = store;
    this.nowOf = nowOf;
    const words = strings.when;
    this.back = this.#button('step-back', 'back', () => this.step(-1));
    this.on = this.#button('step-on', 'forward', () => this.step(1));
    this.title = make('h2', { id: 'when-title', class: 'when-title' });
    this.date = make('input', { type: 'date', 'aria-label': words.goTo, title: words.goTo, class: 'go-to' });
    this.date.addEventListener('change', () => {
      if (isCivil(this.date.value)) this.#go(withDate(withPeriodOrDay(store.view, this.#today()), this.date.value, this.#today(), firstDay));
    });
    this.today = make('button', { type: 'button' }, words.today);
    this.today.addEventListener('click', () => this.goToday());
    this.periods = this.#makePeriods();
    this.compare = makeSelect(words.compare, [['off', words.compares.off ?? ''], ...COMPARISONS.map((one) => /** @type {[string, string]} */ ([one, words.compares[one] ?? one]))],
      (value) => store.go({ ...store.view, compare: COMPARISONS.find((one) => one === value) ?? null }));
    this.by = makeSelect(words.by, [['auto', words.byAuto], ...RESOLUTIONS.map((one) => /** @type {[string, string]} */ ([one, words.bys[one] ?? one]))],
      (value) => store.go({ ...store.view, by: RESOLUTIONS.find((one) => one === value) ?? null }));
    this.from = make('input', { type: 'date', required: true });
    this.to = make('input', { type: 'date', required: true });
    this.problem = make('p', { class: 'when-problem', role: 'alert', hidden: true });
    this.custom = make('form', { class: 'when-custom', hidden: true },
      make('label', { class: 'choice' }, make('span', {}, words.from), ' ', this.from),
      make('label', { class: 'choice' }, make('span', {}, words.to), ' ', this.to),
      make('button', { type: 'submit' }, words.apply), this.problem);
    this.custom.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#applyCustom();
    });
    byId('when').append(
      make('div', { class: 'when-step' }, this.back, this.on, this.title, this.date, this.today),
      this.periods, this.custom,
      make('div', { class: 'when-more' }, this.compare.root, this.by.root));
    this.shown = '';
  }

  /** @param {string} id @param {string} picture @param {() => void} press */
  #button(id, picture, press) {
    const button = make('button', { type: 'button', id, class: 'square' }, icon(picture));
    button.addEventListener('click', press);
    return button;
  }

  #makePeriods() {
    const words = strings.when;
    const fields = make('fieldset', { class: 'periods', id: 'periods' }, make('legend', {}, words.period));
    for (const period of PERIODS) {
      const radio = make('input', { type: 'radio', name: 'period', value: period, id: `period-${period}` });
      radio.addEventListener('change', () => this.choose(period));
      fields.append(make('span', { class: 'period' }, radio, make('label', { for: `period-${period}` }, words.periods[period] ?? period)));
    }
    return fields;
  }

  #today() {
    return dateOf(this.nowOf());
  }

  /** @param {import('../range.js').Choice} choice */
  #go(choice) {
    const { view } = this.store;
    // A granularity that somebody has chosen stays where it fits.
    const next = { ...view, ...choice };
    const range = rangeOf(next, this.#today(), firstDay);
    this.store.go(next.by !== null && !fits(next.by, range) ? { ...next, by: null } : next);
  }

  /**
   * Goes so many periods on.
   * @param {number} steps
   */
  step(steps) {
    const { view } = this.store;
    if (steps > 0 && !hasNext(rangeOf(view, this.#today(), firstDay), this.nowOf())) return;
    this.#go(stepped(view, steps, this.#today(), firstDay));
  }

  /** Goes to the current period; from a range of one's own, to the day. */
  goToday() {
    const { view } = this.store;
    const period = view.period === 'custom' ? 'day' : view.period;
    this.#go({ ...view, period, at: null, from: null, to: null });
  }

  /**
   * Goes to another kind of period.
   * @param {import('../range.js').Period} period
   */
  choose(period) {
    const { view } = this.store;
    if (view.period === period) return;
    this.#go(withPeriod(view, period, this.#today(), firstDay));
  }

  #applyCustom() {
    const [from, to] = [this.from.value, this.to.value];
    const words = strings.when;
    let problem = '';
    if (!isCivil(from) || !isCivil(to) || to < from) problem = words.wrongOrder;
    else if (daysBetween(from, to) >= LONGEST) problem = words.tooLong(LONGEST);
    setText(this.problem, problem);
    show(this.problem, problem !== '');
    if (problem === '') this.#go({ ...this.store.view, period: 'custom', at: null, from, to });
  }

  /** Shows the choice. */
  render() {
    const { view } = this.store;
    const now = this.nowOf();
    const range = rangeOf(view, dateOf(now), firstDay);
    const words = strings.when;
    setText(this.title, rangeWords(range));
    for (const [button, names] of /** @type {const} */ ([[this.back, words.back], [this.on, words.on]])) {
      setAttribute(button, 'aria-label', names[view.period] ?? '');
      setAttribute(button, 'title', names[view.period] ?? '');
    }
    // Not `disabled`: the focus would be lost at the end of the way.
    setAttribute(this.on, 'aria-disabled', hasNext(range, now) ? null : 'true');
    setAttribute(this.today, 'aria-pressed', String(view.period !== 'custom' && isCurrent(range, now)));
    for (const radio of this.periods.querySelectorAll('input')) radio.checked = radio.value === view.period;
    this.compare.select.value = view.compare ?? 'off';
    for (const option of this.by.select.options) {
      option.disabled = option.value !== 'auto' && !fits(/** @type {import('../state.js').Resolution} */ (option.value), range);
    }
    this.by.select.value = view.by ?? 'auto';
    show(this.custom, view.period === 'custom');
    const key = `${range.start} ${range.end}`;
    if (key === this.shown) return;
    this.shown = key;
    this.date.value = dateOf(range.start);
    this.from.value = dateOf(range.start);
    this.to.value = range.end.length === 10 ? addDays(range.end, -1) : dateOf(range.end);
    show(this.problem, false);
  }
}

/**
 * A range of one's own has no other of its kind at a date: the day is shown there.
 * @param {View} view @param {string} today
 * @returns {View}
 */
function withPeriodOrDay(view, today) {
  return view.period === 'custom' ? { ...view, ...withPeriod(view, 'day', today, firstDay) } : view;
}

/**
 * Whether a range is neither shorter than a bucket nor of too many.
 * @param {import('../state.js').Resolution} by @param {Range} range
 */
export function fits(by, { start, end }) {
  /** @param {string} civil */
  const minutes = (civil) => Date.parse(civil.length === 10 ? `${civil}T00:00Z` : `${civil}Z`) / 60_000;
  const count = (minutes(end) - minutes(start)) / MINUTES[by];
  return count >= 1 && count <= MOST;
}
