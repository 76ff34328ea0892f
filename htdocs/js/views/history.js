// @ts-check
// The history of the chosen period: which period, which range, tiles, and the buckets as chart or table.

import { loadPlotly } from '../charts/plotly.js';
import { drawHistory } from '../charts/history.js';
import { currentTheme, onThemeChange } from '../charts/theme.js';
import { attachTooltip } from '../charts/tooltip.js';
import { byId, make, setIcon, setText, show } from '../dom.js';
import { energy, percent, power, powerIn, powerUnit, text } from '../format.js';
import { isGap, isIncomplete, isMissingSome } from '../series.js';
import { PERIODS, dataKey, shownPDUs } from '../state.js';
import { strings } from '../strings.js';
import { grainOf, peakWords } from '../time.js';
import { colourOf } from './pdus.js';
import { makeTable } from './table.js';
import { clearTiles, makeTiles, renderTiles } from './tiles.js';

/** @typedef {import('../series.js').Bucket} Bucket */
/** @typedef {import('../state.js').View} View */
/**
 * @typedef {object} History what is known of one view
 * @property {View} view
 * @property {Bucket[]} buckets
 * @property {Record<string, any>} statistics
 * @property {import('../time.js').SiteCalendar} calendar
 */
/**
 * @typedef {object} HistoryModel
 * @property {View} view what is asked for
 * @property {History | null} history what is there, perhaps still of another view
 * @property {string | null} problem in words
 * @property {boolean} isWaiting whether no PDU has ever been read
 * @property {string | null} pduName of the PDU whose page is open
 * @property {string | null} elementName of the part of it that is shown
 */

/** The history section of the page. */
export class HistoryView {
  /** @param {{ go: (view: View) => void }} store */
  constructor(store) {
    this.store = store;
    /** @type {HistoryModel | null} */
    this.model = null;
    /** @type {any} */
    this.plotly = null;
    this.hasFailed = false;
    /**
     * What the chart shows.
     * @type {History | null}
     */
    this.drawn = null;
    /**
     * What the table shows.
     * @type {History | null}
     */
    this.tabled = null;
    this.tabledFor = '';
    makeTiles();
    this.#makePeriods();
    this.#makeLegend();
    byId('as-table').addEventListener('click', () => {
      if (this.model) store.go({ ...this.model.view, as: this.#isTable() ? 'chart' : 'table' });
    });
    byId('whole').addEventListener('click', () => {
      if (this.model) store.go({ ...this.model.view, element: null });
    });
    new ResizeObserver(() => this.#draw(true)).observe(byId('chart-frame'));
    onThemeChange(() => this.#draw(true));
  }

  /** Gets Plotly, unless it is there or on its way; without it the table takes the chart's place. */
  async load() {
    if (this.plotly) return;
    try {
      this.plotly = await loadPlotly();
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    }
    if (this.model) this.render(this.model);
  }

  /** @param {HistoryModel} model */
  render(model) {
    this.model = model;
    const { view, problem } = model;
    const history = this.#current();
    for (const radio of byId('periods').querySelectorAll('input')) radio.checked = radio.value === view.period;
    const isNone = this.#isNone();
    const isLoading = !history && !problem && !isNone;
    byId('history').setAttribute('aria-busy', String(isLoading));
    setText(byId('history-problem'), problem ?? '');
    show(byId('history-problem'), problem !== null);
    if (isNone || (problem && !history)) clearTiles(view.period);
    if (history) renderTiles(history.statistics, view.period, history.calendar);
    setText(byId('range'), history ? rangeWords(history, who(model)) : (strings.history.spans[view.period] ?? ''));
    setText(byId('chart-title'), model.elementName ?? strings.chart.name);
    show(byId('whole'), view.element !== null);
    setText(byId('whole'), strings.chart.whole(model.pduName ?? ''));
    this.#renderForm();
    this.#draw();
  }

  /** What is there, if it is what is asked for. */
  #current() {
    const { history, view } = this.model ?? {};
    return history && view && dataKey(history.view) === dataKey(view) ? history : null;
  }

  /** Whether no PDU is chosen. */
  #isNone() {
    return this.model !== null && shownPDUs(this.model.view)?.length === 0;
  }

  #isTable() {
    return this.model?.view.as === 'table' || this.hasFailed;
  }

  /** Chart, table or message. */
  #renderForm() {
    const history = this.#current();
    const isTable = this.#isTable();
    const hasData = history?.buckets.some((bucket) => !isGap(bucket)) ?? false;
    const button = byId('as-table');
    show(button, !this.hasFailed);
    button.querySelector('span')?.replaceChildren(isTable ? strings.chart.showChart : strings.chart.showTable);
    const svg = button.querySelector('svg');
    if (svg) setIcon(svg, isTable ? 'chart' : 'table');
    show(byId('chart-frame'), !isTable || !hasData);
    show(byId('table-frame'), isTable && hasData);
    show(byId('legend'), !isTable);
    this.#renderLegend(history);
    setText(byId('chart-message'), this.#message(hasData));
    byId('chart').setAttribute('aria-label', history && this.model ? summary(history, this.model.elementName) : strings.chart.name);
    byId('chart').classList.toggle('empty', !hasData && (history !== null || this.#isNone()));
    if (isTable && hasData && history) this.#fillTable(history);
    setText(byId('chart-failed'), this.hasFailed ? strings.chart.failed : '');
    show(byId('chart-failed'), this.hasFailed);
  }

  /** @param {boolean} hasData */
  #message(hasData) {
    const words = strings.chart;
    if (this.#isNone()) return words.none;
    if (this.model?.isWaiting) return words.waiting;
    if (this.#current()) return hasData ? (this.plotly ? '' : words.loading) : words.noData;
    return '';
  }

  /** @param {History} history */
  #fillTable(history) {
    const whose = this.model ? who(this.model) : '';
    if (history === this.tabled && whose === this.tabledFor) return;
    this.tabled = history;
    this.tabledFor = whose;
    const { calendar, view, buckets, statistics } = history;
    const caption = strings.table.caption(strings.history.spans[view.period] ?? '', whose, calendar.zone);
    const table = makeTable(buckets, statistics, (bucket) => nameOf(bucket, history), caption);
    const frame = byId('table-frame');
    const { scrollTop, scrollLeft } = frame;
    frame.replaceChildren(table);
    frame.scrollTo(scrollLeft, scrollTop);
  }

  /**
   * Draws what is there, unless it is drawn already.
   * @param {boolean} [isForced] since size or colours have changed
   */
  #draw(isForced = false) {
    const history = this.#current();
    const container = byId('chart');
    container.classList.toggle('old', !history);
    const isBlank = !history && !container.classList.contains('js-plotly-plot') && byId('chart-message').textContent === '';
    byId('chart-frame').classList.toggle('skeleton', isBlank);
    if (!this.plotly || !history || this.#isTable() || container.clientWidth === 0) return;
    if (!history.buckets.some((bucket) => !isGap(bucket))) return;
    if (!isForced && history === this.drawn) return;
    this.drawn = history;
    const { view, buckets, calendar } = history;
    const [only, ...others] = shownPDUs(view) ?? [];
    const colour = only === undefined || others.length > 0 ? null : colourOf(only);
    const theme = currentTheme(colour);
    byId('legend').className = colour === null ? 'legend' : `legend colour-${colour}`;
    const isFirst = !container.classList.contains('js-plotly-plot');
    drawHistory(this.plotly, container, { key: dataKey(view), buckets, grain: grainOf(view.period), calendar, theme })
      .then(() => isFirst && this.#attach(container))
      .catch((error) => {
        console.error(error);
        this.plotly = null;
        this.hasFailed = true;
        this.#renderForm();
      });
  }

  /** @param {HTMLElement} container */
  #attach(container) {
    attachTooltip(container, byId('tooltip'), (position) => {
      const history = this.#current();
      const bucket = history?.buckets[position];
      return history && bucket ? tooltipOf(bucket, history) : null;
    });
  }

  #makePeriods() {
    for (const period of PERIODS) {
      const radio = make('input', { type: 'radio', name: 'period', value: period, id: `period-${period}` });
      radio.addEventListener('change', () => {
        if (this.model) this.store.go({ ...this.model.view, period });
      });
      const label = make('label', { for: `period-${period}` }, strings.history.periods[period] ?? period);
      byId('periods').append(make('span', { class: 'period' }, radio, label));
    }
  }

  /**
   * Names only what is there to be seen.
   * @param {History | null} history
   */
  #renderLegend(history) {
    const buckets = history?.buckets ?? [];
    /** @type {Record<string, boolean>} */
    const has = { hole: buckets.some(isIncomplete), gap: buckets.some(isGap) };
    for (const key of byId('legend').querySelectorAll('li')) {
      show(key, has[key.dataset.key ?? ''] ?? true);
    }
  }

  #makeLegend() {
    const words = strings.chart;
    for (const [name, label] of [['energy', words.energy], ['mean', words.mean], ['band', words.band], ['partial', words.partialLegend], ['hole', words.hole], ['gap', words.gap]]) {
      byId('legend').append(make('li', { 'data-key': name ?? '' }, make('span', { class: `key key-${name}`, 'aria-hidden': 'true' }), label ?? ''));
    }
  }
}

/**
 * Whose history it is.
 * @param {HistoryModel} model
 */
function who({ view, pduName, elementName }) {
  if (pduName !== null) return elementName === null ? pduName : strings.history.element(elementName, pduName);
  return view.pdus ? strings.history.somePDUs(view.pdus.length) : strings.history.allPDUs;
}

/** @param {Bucket} bucket @param {History} history */
function nameOf(bucket, { view, calendar }) {
  if (bucket.start === null || bucket.end === null) return bucket.label;
  return calendar.span(bucket.start, bucket.end, grainOf(view.period));
}

/**
 * "Sun 22 Nov, 19:00 – Mon 23 Nov, 20:00 · all PDUs"
 * @param {History} history
 * @param {string} whose
 */
function rangeWords({ view, buckets, calendar }, whose) {
  const from = buckets[0]?.start ?? null;
  const last = buckets[buckets.length - 1];
  const span = strings.history.spans[view.period] ?? '';
  if (from === null || !last || last.start === null || last.end === null) return `${span} · ${whose}`;
  const grain = grainOf(view.period);
  const range = grain === 'hour'
    ? strings.history.range(calendar.dayAndTime(from), calendar.dayAndTime(last.end))
    : grain === 'day'
      ? strings.history.range(calendar.day(from), calendar.dayWithYear(last.start))
      : strings.history.range(calendar.month(from), calendar.month(last.start));
  return `${range} · ${whose}`;
}

/** @param {Bucket} bucket @param {History} history @returns {import('../charts/tooltip.js').Content} */
function tooltipOf(bucket, history) {
  const words = strings.chart;
  const unit = powerUnit([bucket.minimum, bucket.mean, bucket.maximum]);
  /** @param {number | null} watts */
  const watts = (watts) => text({ value: powerIn(watts, unit), unit: watts === null ? '' : unit });
  const rows = isGap(bucket) ? [] : [
    { name: words.energy, value: text(energy(bucket.kwh)) },
    { name: words.mean, value: watts(bucket.mean) },
    { name: words.maximum, value: watts(bucket.maximum) },
    { name: words.minimum, value: watts(bucket.minimum) },
  ];
  const notes = [];
  if (isGap(bucket)) notes.push(words.noReadings);
  if (bucket.isPartial) notes.push(words.partial);
  if (bucket.isInterpolated) notes.push(words.interpolated);
  if (isMissingSome(bucket)) notes.push(strings.now.members(bucket.members ?? 0, bucket.of ?? 0));
  if (isIncomplete(bucket)) notes.push(words.incomplete(text(percent(bucket.coverage))));
  return { title: nameOf(bucket, history), rows, notes };
}

/**
 * The chart in one sentence.
 * @param {History} history
 * @param {string | null} name of the part that it is of
 */
function summary({ view, buckets, statistics }, name) {
  const words = strings.chart;
  const subject = name === null ? '' : `${name}: `;
  const span = strings.history.spans[view.period] ?? '';
  const gaps = buckets.filter(isGap).length;
  if (gaps === buckets.length) return subject + words.summaryNone(span);
  const peak = peakWords(statistics.peak_hour);
  return subject + words.summary(text(energy(statistics.total_kwh)), span, text(power(statistics.avg_power_watts)))
    + words.summaryPeak(text(power(statistics.max_power_watts)), peak ? [peak.day, peak.time].filter(Boolean).join(', ') : '')
    + (gaps > 0 ? words.summaryGaps(gaps) : words.summaryEnd);
}
