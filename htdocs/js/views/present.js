// @ts-check
// The present: header, notices, total, tiles, cards, the page of the PDU that is open, and the date control.

import { byId, setText, show } from '../dom.js';
import { strings } from '../strings.js';
import { collector, health, total } from '../status.js';
import { isWaiting, renderCondition } from './condition.js';
import { renderHeader } from './header.js';
import { OverviewView } from './overview.js';
import { renderPDUs, renderSelection, renderShares, renderTotal } from './pdus.js';
import { WhenView } from './when.js';

/** @typedef {import('../time.js').SiteCalendar} SiteCalendar */

/** The present. */
export class Present {
  /** @param {import('../page.js').Page} page @param {() => void} retry asks the server at once */
  constructor(page, retry) {
    this.page = page;
    this.retry = retry;
    this.overview = new OverviewView(page.store);
    this.when = new WhenView(page.store, () => page.dashboard.ranges(page.store.view).civil);
  }

  /** Whether none of the PDUs that are shown has ever been read. */
  get isWaiting() {
    const { view } = this.page.store;
    return isWaiting(this.page.pdus.filter(({ id }) => view.pdu === null || id === view.pdu));
  }

  /** Shows what is known, and how old it is by now. */
  render() {
    const { page } = this;
    const { dashboard, store, pdus, isEmpty, isNew } = page;
    const { items, meta, calendar, updatedAt } = dashboard;
    // That there is nothing yet is no fault.
    const problem = isNew ? null : dashboard.statusProblem;
    const now = dashboard.now();
    const sum = total(pdus);
    const open = store.view.pdu === null ? null : pdus.find(({ id }) => id === store.view.pdu) ?? null;
    const collecting = isNew ? { state: /** @type {const} */ ('never'), silence: null } : collector(meta, now);
    renderHeader({
      siteName: meta.siteName, calendar: updatedAt === null ? null : calendar, now, updatedAt,
      pduName: open?.name ?? null, watts: store.view.pdu === null ? sum.watts : open?.watts ?? null,
      health: items === null && !problem && !isNew ? { kind: 'loading', count: 0 } : health(pdus, collecting, problem),
    });
    renderCondition({
      pdus, isEmpty, collecting, interval: meta.interval, now, calendar, newestRun: meta.newestRun, problem,
      keptFrom: updatedAt === null ? null : momentWords(updatedAt, now, calendar), retry: this.retry,
    });
    const isPDU = store.view.pdu !== null && !isEmpty;
    if (!isPDU) page.unit?.hide();
    else if (page.unit) page.unit.render(page.pduModel);
    else keepUnitPlace();
    show(byId('now'), !isPDU && !isEmpty);
    // Beside a PDU it comes with the rest, so that nothing moves.
    const hasHistory = isPDU ? page.unit !== null && page.pduData.isReady && !page.pduData.isMissing : !isEmpty;
    show(byId('history'), hasHistory);
    show(byId('when'), hasHistory);
    this.when.render();
    setText(byId('version'), meta.version ? strings.footer.version(meta.version) : '');
    if (items === null || isEmpty) return;
    renderTotal(sum);
    this.overview.render({
      data: dashboard.overview, at: dashboard.overviewAt, problem: dashboard.overviewProblem, isUnreachable: problem !== null,
      readAt: pdus.reduce((/** @type {number | null} */ newest, { readAt }) => (readAt !== null && readAt > (newest ?? 0) ? readAt : newest), null),
      now, calendar,
    });
    renderShares(pdus);
    renderPDUs(pdus, now, store);
    renderSelection(pdus, store.view.pdus);
  }
}

/** A moment; with its day where that is not the present one. @param {number} moment @param {number} now @param {SiteCalendar} calendar */
function momentWords(moment, now, calendar) {
  const isToday = calendar.day(moment) === calendar.day(now) && now - moment < 86_400_000;
  return isToday ? calendar.timeWithZone(moment) : `${calendar.dayWithYear(moment)}, ${calendar.timeWithZone(moment)}`;
}

/** Keeps the place of the page of a PDU until it is fetched. */
function keepUnitPlace() {
  byId('unit').classList.add('loading');
  show(byId('unit'), true);
}
