// @ts-check
// The past: the history of the range, its heat map, what happened in it, and why its energies are what they are. Fetched
// after what shows the present.

import { wordsOf } from '../dashboard.js';
import { byId, show } from '../dom.js';
import { Happenings } from '../happenings.js';
import { HeatData } from '../heatmap.js';
import { selectionOf, subjectOf } from '../past.js';
import { dateOf, rangeOf } from '../range.js';
import { settings } from '../settings.js';
import { strings } from '../strings.js';
import { rangeWords } from '../time.js';
import { FlagsView } from './flags.js';
import { HeatView } from './heat.js';
import { HistoryView } from './history.js';
import { EventsView } from './pdu/events.js';
import { WhyButton } from './why.js';

/** The sections of the past. */
export class PastSections {
  /** @param {import('../page.js').Page} page @param {import('./present.js').Present} present */
  constructor(page, present) {
    this.page = page;
    this.present = present;
    this.history = new HistoryView(page.store);
    this.heatData = new HeatData();
    this.heat = new HeatView();
    this.happenings = new Happenings();
    this.flags = new FlagsView(() => this.history.area);
    this.events = new EventsView('all', strings.flags.none);
    byId('happened').append(this.events.root);
    this.why = {
      range: new WhyButton(document.querySelector('[data-tile="energy"] .figure'), strings.tiles.energy),
      today: new WhyButton(document.querySelector('#glance-today'), strings.overview.today),
      month: new WhyButton(document.querySelector('#glance-month'), strings.overview.month),
    };
  }

  /** Gets Plotly, and has it draw. */
  async draw() {
    await this.history.load();
    this.#renderEvents();
  }

  /** Asks for what stands below the chart. */
  async load() {
    const { dashboard, store: { view }, pduData, isEmpty, knownIDs } = this.page;
    if (dashboard.statusProblem || isEmpty || knownIDs.length === 0 || pduData.isMissing || view.pdus?.length === 0) return;
    const { range, civil } = dashboard.ranges(view);
    await Promise.all([
      this.heatData.load(view, range, dateOf(civil), dashboard.now()).then(() => this.render()),
      this.happenings.load(view, range).then(() => this.#renderEvents()),
    ]);
  }

  /** Shows what is known. A server that is out of reach is said once, by the present. */
  render() {
    const { dashboard, store: { view }, unit, pduModel: model } = this.page;
    const { past, historyProblem, statusProblem, calendar, pastAt } = dashboard;
    const kept = pastAt === null || past === null ? '' : ` ${strings.history.asOf(calendar.timeWithZone(pastAt))}.`;
    this.#renderWhy();
    this.history.render({
      view, past, range: dashboard.ranges(view).range,
      problem: historyProblem && !statusProblem ? wordsOf(historyProblem) + kept : null,
      isWaiting: this.present.isWaiting,
      pduName: view.pdu === null ? null : unit?.name(model) ?? null, elementName: unit?.elementName(model) ?? null,
      limits: view.pdu === null ? [] : unit?.limits(model) ?? [],
    });
    this.#renderEvents();
    const isShown = this.heatData.heat?.selection === selectionOf(view) && !byId('history').hidden;
    this.heat.render(isShown ? this.heatData.heat : null, byId('history').hidden ? null : this.heatData.problem, this.history.who);
  }

  /** Shows what happened: as flags on the chart, and as a list where the page is of all PDUs. */
  #renderEvents() {
    const { dashboard, store: { view }, isEmpty } = this.page;
    const { range } = dashboard.ranges(view);
    const items = this.happenings.of(view, range);
    const past = dashboard.past && dashboard.past.range.start === range.start && dashboard.past.range.end === range.end ? dashboard.past : null;
    /** @param {Record<string, any>} item */
    const nameOf = (item) => this.#nameOf(item);
    this.flags.render({ items, past, area: this.history.area, nameOf, range: rangeWords(range) });
    show(byId('happened'), view.pdu === null && items !== null && !isEmpty);
    this.events.render(items, dashboard.calendar, dashboard.now(), nameOf);
  }

  /** Whom it happened to: a PDU, or a part of one. @param {Record<string, any>} item @returns {string | null} */
  #nameOf({ pdu_id: pduID, element_id: element }) {
    const { page } = this;
    const { view } = page.store;
    const pdu = page.pdus.find(({ id }) => id === pduID)?.name ?? null;
    if (typeof element !== 'number') return view.pdu === null ? pdu : null;
    const part = view.pdu === null ? page.who?.nameOf(element) ?? settings.of(element).label : page.unit?.partName(page.pduModel, element) ?? null;
    return part === null || pdu === null || view.pdu !== null ? part ?? pdu : strings.history.element(part, pdu);
  }

  /** Offers the accounts of the energies that stand alone. */
  #renderWhy() {
    const { dashboard, store: { view } } = this.page;
    const { range, civil } = dashboard.ranges(view);
    const isKnown = dashboard.past !== null && view.pdus?.length !== 0;
    this.why.range.render(isKnown ? { subject: subjectOf(view), name: this.history.who, ...range } : null);
    for (const period of /** @type {const} */ (['day', 'month'])) {
      const whole = rangeOf({ period, at: null, from: null, to: null, compare: null }, dateOf(civil), 1);
      this.why[period === 'day' ? 'today' : 'month'].render(dashboard.overview === null ? null : { subject: '', ...whole });
    }
  }
}
