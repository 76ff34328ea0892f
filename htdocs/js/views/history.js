// @ts-check
// The history of the range: its tiles, and its buckets as chart or table.

import { loadPlotly } from '../charts/plotly.js';
import { attachPointer } from '../charts/pointer.js';
import { currentTheme, onThemeChange } from '../charts/theme.js';
import { showTooltip } from '../charts/tooltip.js';
import { colourOfElement, colourOfGroup, inScheme, onColoursChange } from '../colours.js';
import { byId, make, setAttribute, setIcon, setText, show } from '../dom.js';
import { energy, percent, power, powerIn, powerUnit, text } from '../format.js';
import { asCustom, dateOf } from '../range.js';
import { barsOf, grainOfBars, isGap, isIncomplete, isMissingSome } from '../series.js';
import { stackOf, subjectOf } from '../past.js';
import { settings } from '../settings.js';
import { STACKS, dataKey, shownPDUs } from '../state.js';
import { strings } from '../strings.js';
import { rangeWords } from '../time.js';
import { explain } from './dialogs/open.js';
import { ViewLink } from './link.js';
import { makeTable } from './table.js';
import { changeOf, renderTiles } from './tiles.js';
import { makeSelect } from './when.js';

/** @typedef {import('../series.js').Bucket} Bucket */
/** @typedef {import('../state.js').View} View */
/** @typedef {import('../past.js').Past} Past */
/**
 * @typedef {object} HistoryModel
 * @property {View} view what is asked for
 * @property {import('../range.js').Range} range what that is now
 * @property {Past | null} past what is there, perhaps still of another view
 * @property {string | null} problem in words
 * @property {boolean} isWaiting whether no PDU has ever been read
 * @property {string | null} pduName of the PDU whose page is open
 * @property {string | null} elementName of the part of it that is shown
 * @property {import('../charts/limits.js').Limit[]} limits of what is shown
 */

/** The history section of the page. */
export class HistoryView {
  /** @param {import('../state.js').ViewStore} store */
  constructor(store) {
    this.store = store;
    /** @type {HistoryModel | null} */
    this.model = null;
    /** What draws: Plotly, and what knows how; null until it is fetched. @type {(typeof import('../charts/history.js') & { plotly: any }) | null} */
    this.charts = null;
    this.hasFailed = false;
    /**
     * What the chart shows.
     * @type {Past | null}
     */
    this.drawn = null;
    this.drawnFor = '';
    /**
     * The bars of what the chart shows.
     * @type {import('../series.js').Bar[]}
     */
    this.bars = [];
    /** @type {import('../charts/theme.js').Theme | null} */
    this.theme = null;
    /**
     * What the table shows.
     * @type {Past | null}
     */
    this.tabled = null;
    this.tabledFor = '';
    const { stack, axes } = this.#makeChoices();
    this.stack = stack;
    this.axes = axes;
    this.unmark = this.#attach();
    byId('as-table').addEventListener('click', () => store.go({ ...store.view, as: this.#isTable() ? 'chart' : 'table' }));
    byId('whole').addEventListener('click', () => store.go({ ...store.view, element: null }));
    byId('go-to-first').addEventListener('click', () => this.#goToFirst());
    new ResizeObserver(() => this.#draw(true)).observe(byId('chart-frame'));
    onThemeChange(() => this.#draw(true));
    onColoursChange(() => {
      this.tabled = null;
      this.#draw(true);
    });
  }

  /** Gets Plotly, unless it is there or on its way; without it the table takes the chart's place. */
  async load() {
    if (this.charts) return;
    try {
      const [plotly, drawing] = await Promise.all([loadPlotly(), import('../charts/history.js')]);
      this.charts = { ...drawing, plotly };
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
    const past = this.#current();
    const isNone = this.#isNone();
    const isLoading = !past && !problem && !isNone;
    byId('history').setAttribute('aria-busy', String(isLoading));
    setText(byId('history-problem'), problem ?? '');
    show(byId('history-problem'), problem !== null);
    if (isNone || (problem && !past)) renderTiles(null);
    if (past) renderTiles(past);
    setText(byId('whose'), [who(model), past ? strings.history.every[past.grain] ?? '' : ''].filter(Boolean).join(' · '));
    setText(byId('chart-title'), model.elementName ?? strings.chart.name);
    show(byId('whole'), view.element !== null);
    setText(byId('whole'), strings.chart.whole(model.pduName ?? ''));
    this.stack.select.value = stackOf(view);
    this.axes.select.value = view.axes;
    for (const option of this.stack.select.options) option.hidden = option.disabled = !this.#canStack(option.value);
    show(this.stack.root, view.element === null && !this.#isTable());
    show(this.axes.root, !this.#isTable());
    this.#renderForm();
    this.#draw();
  }

  /** @param {string} stack */
  #canStack(stack) {
    return stack === 'none' || stack === 'outlet' || this.model?.view.pdu === null;
  }

  /** Whose history is shown. */
  get who() {
    return this.model ? who(this.model) : '';
  }

  /** What is there, if it is what is asked for. */
  #current() {
    const { past, view } = this.model ?? {};
    return past && view && dataKey(past.view) === dataKey(view) ? past : null;
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
    const past = this.#current();
    const isTable = this.#isTable();
    const hasData = past?.buckets.some(isKnownBucket) ?? false;
    const button = byId('as-table');
    show(button, !this.hasFailed);
    button.querySelector('span')?.replaceChildren(isTable ? strings.chart.showChart : strings.chart.showTable);
    const svg = button.querySelector('svg');
    if (svg) setIcon(svg, isTable ? 'chart' : 'table');
    show(byId('chart-frame'), !isTable || !hasData);
    show(byId('table-frame'), isTable && hasData);
    show(byId('legend'), !isTable);
    this.#renderMessage(past, hasData);
    const sentence = past && this.model ? summary(past, this.model.elementName) : strings.chart.name;
    setAttribute(byId('chart'), 'aria-label', sentence);
    setText(byId('summary'), past ? sentence : '\u00a0');
    byId('chart').classList.toggle('empty', !hasData && (past !== null || this.#isNone()));
    if (isTable && hasData && past) this.#fillTable(past);
    const warning = this.hasFailed ? strings.chart.failed : past?.sliceProblem ? strings.chart.stackFailed(past.sliceProblem) : '';
    setText(byId('chart-failed'), warning);
    show(byId('chart-failed'), warning !== '');
  }

  /** @param {Past | null} past @param {boolean} hasData */
  #renderMessage(past, hasData) {
    const words = strings.chart;
    let message = '';
    let isElsewhere = false;
    if (this.#isNone()) message = words.none;
    else if (this.model?.isWaiting) message = words.waiting;
    else if (past && !hasData) {
      const first = past.sum.firstReading;
      isElsewhere = first !== null;
      message = words.noData(rangeWords(past.range)) + (first === null ? '' : ` ${words.firstReading(past.calendar.dayWithYear(first))}`);
    } else if (past && !this.charts && !this.#isTable()) message = words.loading;
    setText(byId('chart-message-text'), message);
    show(byId('chart-message'), message !== '');
    show(byId('go-to-first'), isElsewhere);
  }

  #goToFirst() {
    const past = this.#current();
    const first = past?.sum.firstReading ?? null;
    if (!past || first === null) return;
    const { view } = this.store;
    const period = view.period === 'custom' ? 'month' : view.period;
    this.store.go({ ...view, period, at: past.calendar.civil(first).slice(0, 10), from: null, to: null, by: null });
  }

  /** @param {Past} past */
  #fillTable(past) {
    const whose = this.model ? who(this.model) : '';
    if (past === this.tabled && whose === this.tabledFor) return;
    this.tabled = past;
    this.tabledFor = whose;
    const caption = strings.table.caption(rangeWords(past.range), whose, past.calendar.zone);
    const table = makeTable(past, (bucket) => nameOf(bucket, past), (bucket) => {
      const zoomed = this.#zoomed(past, bucket.start, bucket.end, past.grain);
      if (!zoomed) return null;
      const link = new ViewLink(this.store, () => this.#zoomed(past, bucket.start, bucket.end, past.grain) ?? this.store.view);
      setText(link.root, nameOf(bucket, past));
      link.root.title = strings.chart.zoomTo(nameOf(bucket, past));
      return link.root;
    }, past.slices.map((slice) => ({ name: sliceName(slice), kwh: slice.kwh })), ({ start, end }) => {
      explain({ subject: subjectOf(past.view), name: whose, start: new Date(start).toISOString(), end: new Date(end).toISOString() });
    }, caption);
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
    const past = this.#current();
    const container = byId('chart');
    container.classList.toggle('old', !past);
    if (!past) setAttribute(container, 'data-drawn', null);
    const isBlank = !past && !container.classList.contains('js-plotly-plot') && byId('chart-message').hidden !== false;
    byId('chart-frame').classList.toggle('skeleton', isBlank);
    const { model, charts } = this;
    if (!model || !charts || !past || this.#isTable() || container.clientWidth === 0) return;
    if (!past.buckets.some(isKnownBucket)) return;
    const key = JSON.stringify([model.view.axes, model.limits]);
    if (!isForced && past === this.drawn && key === this.drawnFor) return;
    if (past !== this.drawn) this.unmark();
    this.drawn = past;
    this.drawnFor = key;
    const [only, ...others] = shownPDUs(model.view) ?? [];
    const theme = currentTheme();
    if (only !== undefined && others.length === 0) theme.energy = inScheme(colourOfElement(only));
    this.theme = theme;
    const { buckets, calendar, grain, compared } = past;
    this.bars = barsOf(buckets, grainOfBars(buckets.length, grain), calendar);
    const drawing = {
      buckets, bars: this.bars, grain, calendar, theme, axes: model.view.axes, limits: model.limits,
      slices: past.slices.map((slice) => ({ name: sliceName(slice), colour: sliceColour(slice, theme), kwh: slice.kwh })),
      compared: compared?.buckets ?? [],
    };
    this.#renderLegend(past, theme, drawing, charts.drawnLimits(drawing));
    charts.drawHistory(charts.plotly, container, drawing)
      .then(() => this.drawn === past && this.#current() === past && setAttribute(container, 'data-drawn', dataKey(past.view)))
      .catch((error) => {
        console.error(error);
        this.charts = null;
        this.hasFailed = true;
        this.#renderForm();
      });
  }

  /** Where in its frame the plot of the range is; null: none is drawn. */
  get area() {
    const chart = byId('chart');
    if (!this.theme || !this.model || !this.charts || this.#isTable() || !this.drawn || this.drawn !== this.#current()) return null;
    const { l, r } = this.charts.marginsOf({ axes: this.model.view.axes, theme: this.theme }, chart.clientWidth);
    return { left: l, width: chart.clientWidth - l - r };
  }

  /** Lets the pointer look, zoom in, and choose a range. */
  #attach() {
    const frame = byId('chart-frame');
    const chart = byId('chart');
    const tooltip = byId('tooltip');
    const there = () => (this.drawn && this.drawn === this.#current() && !this.#isTable() ? this.drawn : null);
    return attachPointer(frame, () => {
      const past = there();
      if (!past || !this.theme || !this.model || !this.charts) return null;
      const { l, r, t, b } = this.charts.marginsOf({ axes: this.model.view.axes, theme: this.theme }, chart.clientWidth);
      return { left: l, top: t, bottom: b, width: chart.clientWidth - l - r, count: past.buckets.length };
    }, {
      columnOf: (position) => (this.bars.length === there()?.buckets.length ? null : { first: position, last: position }),
      hover: (position, middle, width) => {
        const past = there();
        const bucket = past?.buckets[position];
        if (!past || !bucket || !this.theme) return false;
        showTooltip(tooltip, tooltipOf(bucket, past, this.theme), middle, width, chart.clientWidth);
        frame.classList.toggle('can-zoom', this.#zoomedAt(position) !== null);
        return true;
      },
      leave: () => show(tooltip, false),
      pick: (position) => {
        const view = this.#zoomedAt(position);
        if (view) this.store.go(view);
      },
      select: (first, last) => {
        const past = there();
        const [from, to] = [past?.buckets[first], past?.buckets[last]];
        if (!past || !from || !to) return;
        this.store.go({ ...this.store.view, ...customOf(past, from.start, to.end), by: null });
      },
    });
  }

  /** The view that a click at this position leads to. @param {number} position */
  #zoomedAt(position) {
    const past = this.drawn;
    const bar = this.bars.find(({ first, last }) => first <= position && position <= last);
    if (!past || !bar) return null;
    return this.#zoomed(past, bar.start, bar.end, grainOfBars(past.buckets.length, past.grain));
  }

  /**
   * The view of what is within a bar: the month of a month, the day of a day, the minutes of an hour.
   * @param {Past} past @param {number} start @param {number} end @param {import('../time.js').Grain} grain
   * @returns {View | null}
   */
  #zoomed(past, start, end, grain) {
    const { view } = this.store;
    if (grain === 'minute') return null;
    if (grain === 'day' || grain === 'month') {
      return { ...view, period: grain, at: dateOf(past.calendar.civil(start)), from: null, to: null, by: null };
    }
    return { ...view, ...customOf(past, start, end), by: null };
  }

  #makeChoices() {
    const words = strings.when;
    const stack = makeSelect(words.stack, STACKS.map((one) => [one, words.stacks[one] ?? one]),
      (value) => this.store.go({ ...this.store.view, stack: STACKS.find((one) => one === value) ?? null }));
    const axes = makeSelect(words.axes, [['panels', words.axesOf.panels ?? ''], ['dual', words.axesOf.dual ?? '']],
      (value) => this.store.go({ ...this.store.view, axes: value === 'dual' ? 'dual' : 'panels' }));
    byId('chart-choices').append(stack.root, axes.root);
    return { stack, axes };
  }

  /**
   * Names only what is there to be seen.
   * @param {Past} past @param {import('../charts/theme.js').Theme} theme
   * @param {{ slices: { name: string, colour: string }[] }} drawing
   * @param {(import('../charts/limits.js').Limit & { isDrawn: boolean })[]} limits
   */
  #renderLegend({ buckets, compared }, theme, drawing, limits) {
    const words = strings.chart;
    /** @type {[string, string, string | null][]} */
    const keys = drawing.slices.length > 0 ? drawing.slices.map(({ name, colour }) => ['slice', name, colour]) : [['energy', words.energy, theme.energy]];
    if (compared) keys.push(['compared', strings.compared.legend(rangeWords(compared.range)), null]);
    keys.push(['mean', words.mean, null], ['band', words.band, null]);
    if (buckets.some(({ isPartial, kwh }) => isPartial && kwh !== null)) keys.push(['partial', words.partialLegend, null]);
    if (this.bars.some(isIncomplete)) keys.push(['hole', words.hole, null]);
    if (buckets.some(isGap)) keys.push(['gap', words.gap, null]);
    for (const { kind, label, isDrawn } of limits) keys.push([kind, isDrawn ? label : strings.limits.above(label), null]);
    const legend = byId('legend');
    const told = JSON.stringify(keys);
    if (legend.dataset.told === told) return;
    legend.dataset.told = told;
    legend.replaceChildren(...keys.map(([kind, name, colour]) => {
      const key = make('span', { class: `key key-${kind}`, 'aria-hidden': 'true' });
      if (colour !== null) key.style.background = colour;
      return make('li', { 'data-key': kind }, key, name);
    }));
  }
}

/** @param {Bucket} bucket */
function isKnownBucket({ kwh, mean }) {
  return kwh !== null || mean !== null;
}

/** @param {Past} past @param {number} start @param {number} end */
function customOf({ calendar }, start, end) {
  /** @param {string} civil */
  const short = (civil) => (civil.endsWith('T00:00') ? civil.slice(0, 10) : civil);
  let [from, to] = [short(calendar.civil(start)), short(calendar.civil(end))];
  if (from.length !== to.length) [from, to] = [from.padEnd(16, 'T00:00'), to.padEnd(16, 'T00:00')];
  return asCustom({ start: from, end: to });
}

/** @param {import('../past.js').Slice} slice */
function sliceName(slice) {
  if (slice.kind === 'rest') return strings.chart.others(slice.count);
  if (slice.kind === 'group') return slice.name ?? '';
  const pdu = settings.nameOf(slice.pduID, slice.pdu || strings.unit.unnamed(slice.pduID));
  if (slice.kind === 'pdu') return pdu;
  return strings.history.element(settings.nameOf(Number(slice.id), slice.name ?? strings.outlets.outlet(slice.number)), pdu);
}

/** @param {import('../past.js').Slice} slice @param {import('../charts/theme.js').Theme} theme */
function sliceColour(slice, theme) {
  if (slice.kind === 'rest') return theme.other;
  return inScheme(slice.kind === 'group' ? colourOfGroup(Number(slice.id)) : colourOfElement(Number(slice.id)));
}

/**
 * Whose history it is.
 * @param {HistoryModel} model
 */
function who({ view, pduName, elementName }) {
  if (pduName !== null) return elementName === null ? pduName : strings.history.element(elementName, pduName);
  return view.pdus ? strings.history.somePDUs(view.pdus.length) : strings.history.allPDUs;
}

/** @param {Bucket} bucket @param {Past} past */
function nameOf(bucket, { calendar, grain }) {
  return calendar.span(bucket.start, bucket.end, grain);
}

/** @param {Bucket} bucket @param {Past} past @param {import('../charts/theme.js').Theme} theme @returns {import('../charts/tooltip.js').Content} */
function tooltipOf(bucket, past, theme) {
  const words = strings.chart;
  const other = past.compared?.buckets[bucket.position] ?? null;
  const unit = powerUnit([bucket.minimum, bucket.mean, bucket.maximum]);
  /** @param {number | null} watts */
  const watts = (watts) => text({ value: powerIn(watts, unit), unit: watts === null ? '' : unit });
  /** @type {import('../charts/tooltip.js').Row[]} */
  const rows = [];
  if (isKnownBucket(bucket)) {
    rows.push({ name: words.energy, value: text(energy(bucket.kwh)) });
    for (const slice of [...past.slices].reverse()) {
      const kwh = slice.kwh[bucket.position] ?? null;
      if (kwh !== 0) rows.push({ name: sliceName(slice), value: text(energy(kwh)), colour: sliceColour(slice, theme) });
    }
    rows.push({ name: words.mean, value: watts(bucket.mean) });
    if (bucket.maximum !== bucket.mean || bucket.minimum !== bucket.mean) {
      rows.push({ name: words.maximum, value: watts(bucket.maximum) }, { name: words.minimum, value: watts(bucket.minimum) });
    }
  }
  if (other) rows.push({ name: past.calendar.span(other.start, other.end, past.grain), value: text(energy(other.kwh)), colour: theme.other });
  const notes = [];
  if (isGap(bucket)) notes.push(words.noReadings);
  else if (bucket.isAhead) notes.push(words.ahead);
  else if (bucket.isPartial) notes.push(words.partial);
  if (bucket.isInterpolated) notes.push(words.interpolated);
  if (isMissingSome(bucket) && isKnownBucket(bucket)) notes.push(strings.now.members(bucket.members ?? 0, bucket.of ?? 0));
  if (isIncomplete(bucket)) notes.push(words.incomplete(text(percent(bucket.coverage))));
  const zoom = words.zoom[grainOfBars(past.buckets.length, past.grain)];
  if (zoom) notes.push(zoom);
  return { title: nameOf(bucket, past), rows, notes };
}

/**
 * The chart in one sentence or two.
 * @param {Past} past
 * @param {string | null} name of the part that it is of
 */
function summary({ range, buckets, sum, compared, calendar }, name) {
  const words = strings.chart;
  const subject = name === null ? '' : `${name}: `;
  const span = rangeWords(range);
  const gaps = buckets.filter(isGap).length;
  if (!buckets.some(isKnownBucket)) return subject + words.summaryNone(span);
  const peak = sum.maximum === null ? '' : words.summaryPeak(text(power(sum.maximum)), sum.maximumAt === null ? '' : calendar.dayAndTime(sum.maximumAt));
  const change = compared ? changeOf(sum.kwh, compared.sum.kwh) : null;
  const share = text({ value: String(Math.round(Math.abs(change ?? 0) * 100)), unit: '%' });
  const other = compared ? (compared.range.partEnd === null ? rangeWords(compared.range) : strings.compared.samePart(rangeWords(compared.range))) : '';
  return subject + words.summary(text(energy(sum.kwh)), span, text(power(sum.mean))) + peak
    + (gaps > 0 ? words.summaryGaps(gaps) : words.summaryEnd)
    + (change === null ? '' : Math.round(change * 100) === 0 ? strings.compared.sentenceSame(other)
      : (change < 0 ? strings.compared.sentenceLess : strings.compared.sentenceMore)(share, other));
}
