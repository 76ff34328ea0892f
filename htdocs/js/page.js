// @ts-check
// What all sections of the page go by: the view that is asked for, and what is known. Shows nothing.

import { Dashboard } from './dashboard.js';
import { PDUData } from './pdu.js';
import { settings } from './settings.js';
import { ViewStore } from './state.js';
import { toPDU } from './status.js';
import { rangeWords } from './time.js';

/** The page. */
export class Page {
  constructor() {
    this.dashboard = new Dashboard();
    this.store = new ViewStore();
    this.pduData = new PDUData(() => this.dashboard.now());
    /** The page of one PDU; null until somebody opens one. @type {import('./views/pdu/page.js').PDUPage | null} */
    this.unit = null;
    /** Who uses it; null until it is fetched. @type {import('./views/who/section.js').WhoSection | null} */
    this.who = null;
  }

  get knownIDs() {
    return (this.dashboard.items ?? []).map((item) => Number(item.id));
  }

  /** Whether the server knows of no PDU. */
  get isEmpty() {
    return this.dashboard.items?.length === 0 || this.isNew;
  }

  /** Whether there is no history yet, since nothing has ever been polled. */
  get isNew() {
    return this.dashboard.items === null && this.dashboard.statusProblem?.code === 'history_missing';
  }

  /** The PDUs as they are at this moment, as people call them. */
  get pdus() {
    const { items, meta } = this.dashboard;
    const now = this.dashboard.now();
    return (items ?? []).map((item) => toPDU(item, meta, now)).map((pdu) => ({ ...pdu, name: settings.nameOf(pdu.id, pdu.name) }));
  }

  /**
   * What the page of a PDU is made from.
   * @returns {import('./views/pdu/page.js').PDUModel}
   */
  get pduModel() {
    const { items, meta, calendar, statusProblem } = this.dashboard;
    return { data: this.pduData, items: items ?? [], meta, calendar, now: this.dashboard.now(), isUnreachable: statusProblem !== null };
  }

  /** What "Who uses it" is about. */
  get whoModel() {
    const { dashboard, store: { view } } = this;
    const { range, compared } = dashboard.ranges(view);
    return {
      range, rangeWords: rangeWords(range),
      // As long as what has elapsed of the range, where it is not over.
      compared: compared && { start: compared.start, end: compared.partEnd ?? compared.end },
      pdus: view.pdus, pdu: view.pdu, calendar: dashboard.calendar, now: dashboard.now(), interval: dashboard.meta.interval,
      isUnreachable: dashboard.statusProblem !== null,
    };
  }
}
