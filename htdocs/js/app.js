// @ts-check
// The start: words into their places, the view out of the URL, requests in time, and what is known shown after
// each of them.

import { Dashboard, wordsOf } from './dashboard.js';
import { byId, setText, show } from './dom.js';
import { Happenings } from './happenings.js';
import { HeatData } from './heatmap.js';
import { hearOfNewPage, keepPage } from './offline.js';
import { PDUData } from './pdu.js';
import { selectionOf } from './past.js';
import { dateOf, rangeOf } from './range.js';
import { Refresher } from './refresh.js';
import { settings } from './settings.js';
import { listenToKeys } from './shortcuts.js';
import { COMPARISONS, ViewStore, isSameData, withKnownPDUs } from './state.js';
import { collector, health, toPDU, total } from './status.js';
import { strings } from './strings.js';
import { rangeWords } from './time.js';
import { isWaiting, renderCondition } from './views/condition.js';
import { editGroups, help } from './views/dialogs/open.js';
import { FlagsView } from './views/flags.js';
import { renderHeader } from './views/header.js';
import { HeatView } from './views/heat.js';
import { HistoryView } from './views/history.js';
import { OverviewView } from './views/overview.js';
import { EventsView } from './views/pdu/events.js';
import { PDUPage } from './views/pdu/page.js';
import { focusCard, renderPDUs, renderPlaceholders, renderSelection, renderShares, renderTotal } from './views/pdus.js';
import { WhenView } from './views/when.js';
import { fetchWho, keepPlace } from './views/who/place.js';
import { WhyButton } from './views/why.js';

/** @typedef {import('./state.js').View} View */

/** How often ages are counted on, in milliseconds. */
const TICK = 5_000;

/** How long after the first answers the page is kept for the time when the server is away, in milliseconds. */
const WHEN_QUIET = 3_000;

const dashboard = new Dashboard();
const store = new ViewStore();
const heatData = new HeatData();
const overviewView = new OverviewView(store);
const whenView = new WhenView(store, () => dashboard.ranges(store.view).civil);
const historyView = new HistoryView(store);
const heatView = new HeatView();
const happenings = new Happenings();
const flags = new FlagsView(() => historyView.area);
const why = {
  range: new WhyButton(document.querySelector('[data-tile="energy"] .figure'), strings.tiles.energy),
  today: new WhyButton(document.querySelector('#glance-today .glance-figure'), strings.overview.today),
  month: new WhyButton(document.querySelector('#glance-month .glance-figure'), strings.overview.month),
};
const eventsView = new EventsView('all', strings.flags.none);
const pduData = new PDUData(() => dashboard.now());
const pduPage = new PDUPage(store);
/** Who uses it; null until it is fetched. @type {import('./views/who/section.js').WhoSection | null} */
let who = null;
const refresher = new Refresher(refresh);

/** Asks for everything, shows each answer as it comes, and only then spends time on Plotly. */
async function refresh() {
  const { view } = store;
  const set = settings.load();
  const present = dashboard.loadStatus().then(() => {
    store.correct(withKnownPDUs(store.view, knownIDs()));
    renderNow();
    renderHistory();
  });
  await Promise.all([
    present,
    dashboard.loadHistory(view).then(renderHistory),
    view.pdu === null ? dashboard.loadOverview().then(renderNow) : null,
    present.then(() => set).then(loadWho),
    pduData.load().then(() => {
      store.correct(withKnownElement(store.view));
      renderNow();
      renderHistory();
    }),
  ]);
  // Known only now: the site's zone, and how far this device's clock is from the server's.
  if (dashboard.isElsewhere(store.view)) await dashboard.loadHistory(store.view).then(renderHistory);
  if (who && !who.isLoaded && !who.data.problem) await loadWho();
  void historyView.load().then(renderEvents);
  await Promise.all([loadHeat(), loadEvents()]);
  const problem = dashboard.statusProblem ?? pduData.problem
    ?? (pduData.isMissing ? null : dashboard.historyProblem ?? dashboard.overviewProblem ?? who?.data.problem ?? null);
  return { isOk: problem === null, retryAfter: problem?.retryAfter ?? null };
}

/** Below the fold, so after everything else. */
async function loadHeat() {
  if (dashboard.statusProblem || knownIDs().length === 0 || pduData.isMissing || store.view.pdus?.length === 0) return;
  const { range, civil } = dashboard.ranges(store.view);
  await heatData.load(store.view, range, dateOf(civil), dashboard.now());
  renderHistory();
}

function knownIDs() {
  return (dashboard.items ?? []).map((item) => Number(item.id));
}

/**
 * The view without a part that its PDU does not have.
 * @param {View} view
 * @returns {View}
 */
function withKnownElement(view) {
  const isKnown = view.element === null || !pduData.hasAllParts || pduPage.elementName(pduModel()) !== null;
  return isKnown ? view : { ...view, element: null };
}

/** What the page of a PDU is made from. */
function pduModel() {
  const { items, meta, calendar, statusProblem } = dashboard;
  return {
    data: pduData, items: items ?? [], meta, calendar, now: dashboard.now(), isUnreachable: statusProblem !== null,
  };
}

/** The PDUs as they are at this moment, as people call them. */
function currentPDUs() {
  const now = dashboard.now();
  return (dashboard.items ?? []).map((item) => toPDU(item, dashboard.meta, now))
    .map((pdu) => ({ ...pdu, name: settings.nameOf(pdu.id, pdu.name) }));
}

/** Asks who uses it, and shows it. */
async function loadWho() {
  who ??= await fetchWho(store, () => dashboard.now(), () => void loadWho());
  // Before the first answer it says that it waits for it.
  renderWho();
  await who?.load(whoModel());
  renderWho();
}

/** Asks what happened in the range, and shows it. */
async function loadEvents() {
  const { view } = store;
  if (dashboard.items?.length === 0 || pduData.isMissing || view.pdus?.length === 0) return;
  await happenings.load(view, dashboard.ranges(view).range);
  renderEvents();
}

/** Shows what happened: as flags on the chart, and as a list where the page is of all PDUs. */
function renderEvents() {
  const { view } = store;
  const { range } = dashboard.ranges(view);
  const items = happenings.of(view, range);
  const past = dashboard.past && dashboard.past.range.start === range.start && dashboard.past.range.end === range.end ? dashboard.past : null;
  flags.render({ items, past, area: historyView.area, nameOf: nameOfHappening, range: rangeWords(range) });
  show(byId('happened'), view.pdu === null && items !== null && dashboard.items?.length !== 0);
  eventsView.render(items, dashboard.calendar, dashboard.now(), nameOfHappening);
}

/** Whom it happened to: a PDU, or a part of one. @param {Record<string, any>} item @returns {string | null} */
function nameOfHappening({ pdu_id: pduID, element_id: element }) {
  const pdu = currentPDUs().find(({ id }) => id === pduID)?.name ?? null;
  if (typeof element !== 'number') return store.view.pdu === null ? pdu : null;
  const part = store.view.pdu === null ? who?.nameOf(element) ?? settings.of(element).label : pduPage.partName(pduModel(), element);
  return part === null || pdu === null || store.view.pdu !== null ? part ?? pdu : strings.history.element(part, pdu);
}

/** Offers the accounts of the energies that stand alone. */
function renderWhy() {
  const { view } = store;
  const { range, civil } = dashboard.ranges(view);
  const [only, ...others] = view.pdus ?? [];
  // There is an account of one thing, and of all PDUs together.
  const element = view.element ?? view.pdu ?? only ?? null;
  why.range.render(dashboard.past === null || others.length > 0 || view.pdus?.length === 0 ? null : { element, ...range });
  for (const period of /** @type {const} */ (['day', 'month'])) {
    const whole = rangeOf({ period, at: null, from: null, to: null, compare: null }, dateOf(civil), 1);
    why[period === 'day' ? 'today' : 'month'].render(dashboard.overview === null ? null : { element: null, ...whole });
  }
}

/** What "Who uses it" is about. */
function whoModel() {
  const { view } = store;
  const { range, compared } = dashboard.ranges(view);
  return {
    range, rangeWords: rangeWords(range),
    // As long as what has elapsed of the range, where it is not over.
    compared: compared && { start: compared.start, end: compared.partEnd ?? compared.end },
    pdus: view.pdus, pdu: view.pdu, calendar: dashboard.calendar, now: dashboard.now(), interval: dashboard.meta.interval,
    isUnreachable: dashboard.statusProblem !== null,
  };
}

/** Shows who uses it, unless there is no PDU at all, or not this one. */
function renderWho() {
  const isEmpty = dashboard.items?.length === 0;
  show(byId('who'), !isEmpty && (store.view.pdu === null || (pduData.isReady && !pduData.isMissing)));
  who?.render(whoModel());
}

/** Shows the present: header, notices, total, cards. */
function renderNow() {
  const now = dashboard.now();
  const { items, meta, calendar, updatedAt, statusProblem: problem } = dashboard;
  const pdus = currentPDUs();
  const sum = total(pdus);
  const open = store.view.pdu === null ? null : pdus.find(({ id }) => id === store.view.pdu) ?? null;
  const collecting = collector(meta, now);
  const isEmpty = items !== null && items.length === 0;
  renderHeader({
    siteName: meta.siteName, calendar: updatedAt === null ? null : calendar, now, updatedAt,
    pduName: open?.name ?? null, watts: store.view.pdu === null ? sum.watts : open?.watts ?? null,
    health: items === null && !problem ? { kind: 'loading', count: 0 } : health(pdus, collecting, problem),
  });
  renderCondition({
    pdus, isEmpty, collecting, interval: meta.interval, now, calendar, newestRun: meta.newestRun, problem,
    keptFrom: updatedAt === null ? null : momentWords(updatedAt, now, calendar), retry: () => void refresher.now(),
  });
  const isPDU = store.view.pdu !== null && !isEmpty;
  if (isPDU) pduPage.render(pduModel());
  else pduPage.hide();
  show(byId('now'), !isPDU && !isEmpty);
  // Beside a PDU it comes with the rest, so that nothing moves.
  const hasHistory = isPDU ? pduData.isReady && !pduData.isMissing : !isEmpty;
  show(byId('history'), hasHistory);
  show(byId('when'), hasHistory);
  whenView.render();
  setText(byId('version'), meta.version ? strings.footer.version(meta.version) : '');
  if (items === null || isEmpty) return;
  renderTotal(sum);
  overviewView.render({
    data: dashboard.overview, at: dashboard.overviewAt, problem: dashboard.overviewProblem, isUnreachable: problem !== null,
    readAt: pdus.reduce((/** @type {number | null} */ newest, { readAt }) => (readAt !== null && readAt > (newest ?? 0) ? readAt : newest), null),
    now, calendar,
  });
  renderShares(pdus);
  renderPDUs(pdus, now, store);
  renderSelection(pdus, store.view.pdus);
}

/** A moment; with its day where that is not the present one. @param {number} moment @param {number} now @param {typeof dashboard.calendar} calendar */
function momentWords(moment, now, calendar) {
  const isToday = calendar.day(moment) === calendar.day(now) && now - moment < 86_400_000;
  return isToday ? calendar.timeWithZone(moment) : `${calendar.dayWithYear(moment)}, ${calendar.timeWithZone(moment)}`;
}

/** Shows the past. A server that is out of reach is said once, by `renderNow`. */
function renderHistory() {
  renderWho();
  renderWhy();
  const { past, historyProblem, statusProblem, calendar, pastAt } = dashboard;
  const { view } = store;
  const model = pduModel();
  const kept = pastAt === null || past === null ? '' : ` ${strings.history.asOf(calendar.timeWithZone(pastAt))}.`;
  const pduName = view.pdu === null ? null : pduPage.name(model);
  historyView.render({
    view, past, range: dashboard.ranges(view).range,
    problem: historyProblem && !statusProblem ? wordsOf(historyProblem) + kept : null,
    isWaiting: isWaiting(currentPDUs().filter(({ id }) => view.pdu === null || id === view.pdu)),
    pduName, elementName: pduPage.elementName(model), limits: view.pdu === null ? [] : pduPage.limits(model),
  });
  whenView.render();
  renderEvents();
  const isShown = heatData.heat?.selection === selectionOf(view) && !byId('history').hidden;
  heatView.render(isShown ? heatData.heat : null, byId('history').hidden ? null : heatData.problem, historyView.who);
}

/**
 * Takes the focus along to where somebody has gone, unless it is somewhere that is still there.
 * @param {View} from
 * @param {View} to
 */
function bringFocus(from, to) {
  const { activeElement } = document;
  const isLost = !activeElement || activeElement === document.body || activeElement.closest('[hidden]') !== null;
  if (to.pdu !== from.pdu) {
    if (to.pdu !== null) pduPage.focusName();
    else if (from.pdu !== null && isLost) focusCard(from.pdu);
  } else if (from.element !== null && to.element === null && (isLost || activeElement === byId('chart-title'))) {
    pduPage.focusPart(from.element);
  }
}

/** Puts the words of strings.js where index.html asks for them. */
function fillTexts() {
  /** @param {Element} node @param {string} attribute @returns {string} */
  const wordsFor = (node, attribute) => (node.getAttribute(attribute) ?? '').split('.')
    .reduce((words, key) => words[key], /** @type {any} */ (strings));
  document.querySelectorAll('[data-text]').forEach((node) => setText(node, wordsFor(node, 'data-text')));
  document.querySelectorAll('[data-label]').forEach((node) => node.setAttribute('aria-label', wordsFor(node, 'data-label')));
}

/** Compares with the period before, with the year before, with nothing. */
function compareNext() {
  const all = [null, ...COMPARISONS];
  store.go({ ...store.view, compare: all[(all.indexOf(store.view.compare) + 1) % all.length] ?? null });
}

hearOfNewPage();
fillTexts();
renderPlaceholders();
keepPlace();
byId('happened').append(eventsView.root);
byId('help').addEventListener('click', help);
addEventListener('beforeprint', () => {
  const { calendar, now } = { calendar: dashboard.calendar, now: dashboard.now() };
  setText(byId('printed'), strings.printed(whoModel().rangeWords, `${calendar.dayWithYear(now)}, ${calendar.timeWithZone(now)}`, calendar.zone));
});
listenToKeys({
  previous: () => whenView.step(-1), next: () => whenView.step(1), today: () => whenView.goToday(),
  day: () => whenView.choose('day'), week: () => whenView.choose('week'), month: () => whenView.choose('month'),
  year: () => whenView.choose('year'), compare: compareNext,
  find: () => who?.filters.search.focus(), groups: () => editGroups(null), help,
});
settings.subscribe(() => {
  renderNow();
  renderHistory();
});
byId('select-all').addEventListener('click', () => store.go({ ...store.view, pdus: null }));
let shown = store.view;
pduData.open(shown.pdu);
store.subscribe((view) => {
  const before = shown;
  const isSame = isSameData(view, before);
  shown = view;
  pduData.open(view.pdu);
  renderNow();
  renderHistory();
  bringFocus(before, view);
  if (!isSame) void refresher.now();
  else if (view.who.kind !== before.who.kind) void loadWho();
});
document.addEventListener('visibilitychange', () => !document.hidden && renderNow());
window.setInterval(() => !document.hidden && renderNow(), TICK);
renderNow();
renderHistory();
void refresher.now().then(() => window.setTimeout(() => void keepPage(), WHEN_QUIET));
