// @ts-check
// The start: words into their places, the view out of the URL, requests in time, and what is known shown after each of
// them. The present comes first; what shows the past, and the page of a PDU, are fetched while it is asked for.

import { wordsOf } from './dashboard.js';
import { byId, setText, show } from './dom.js';
import { hearOfNewPage, keepPage } from './offline.js';
import { Page } from './page.js';
import { Refresher } from './refresh.js';
import { settings } from './settings.js';
import { listenToKeys } from './shortcuts.js';
import { COMPARISONS, isSameData, withKnownPDUs } from './state.js';
import { strings } from './strings.js';
import { editGroups, help } from './views/dialogs/open.js';
import { focusCard, renderPlaceholders } from './views/pdus.js';
import { Present } from './views/present.js';
import { makeTiles } from './views/tiles.js';
import { fetchWho, keepPlace } from './views/who/place.js';

/** @typedef {import('./state.js').View} View */

/** How often ages are counted on, in milliseconds. */
const TICK = 5_000;

/** How long after the first answers the page is kept for the time when the server is away, in milliseconds. */
const WHEN_QUIET = 3_000;

const page = new Page();
const { dashboard, pduData, store } = page;
const refresher = new Refresher(refresh);
const present = new Present(page, () => void refresher.now());
/** The past; null until it is fetched. @type {import('./views/past.js').PastSections | null} */
let past = null;

/** Asks for everything, shows each answer as it comes, and only then spends time on Plotly. */
async function refresh() {
  const { view } = store;
  const set = settings.load();
  const status = dashboard.loadStatus().then(() => {
    store.correct(withKnownPDUs(store.view, page.knownIDs));
    render();
  });
  const who = status.then(() => set).then(loadWho);
  await Promise.all([
    status,
    dashboard.loadHistory(view).then(renderPast),
    view.pdu === null ? dashboard.loadOverview().then(() => present.render()) : null,
    Promise.all([fetchParts(), pduData.load()]).then(() => {
      store.correct(withKnownElement(store.view));
      render();
    }),
  ]);
  // Known only now: the site's zone, and how far this device's clock is from the server's.
  if (dashboard.isElsewhere(store.view)) await dashboard.loadHistory(store.view).then(renderPast);
  void past?.draw();
  await who;
  if (page.who && !page.who.isLoaded && !page.who.data.problem) await loadWho();
  await past?.load();
  const problem = dashboard.statusProblem ?? pduData.problem
    ?? (pduData.isMissing ? null : dashboard.historyProblem ?? dashboard.overviewProblem ?? page.who?.data.problem ?? null);
  return { isOk: problem === null, retryAfter: problem?.retryAfter ?? null };
}

/** Fetches what the view needs beside the present, unless it is there. Where that fails, the next refresh tries again. */
async function fetchParts() {
  /** @param {unknown} error */
  const said = (error) => {
    console.warn(error);
    setText(byId('history-problem'), strings.dialogs.failed);
    show(byId('history-problem'), true);
  };
  await Promise.all([
    past ? null : import('./views/past.js').then(({ PastSections }) => {
      past ??= new PastSections(page, present);
      render();
    }).catch(said),
    page.unit || store.view.pdu === null ? null : import('./views/pdu/page.js').then(({ PDUPage }) => {
      page.unit ??= new PDUPage(store);
      render();
    }).catch(said),
  ]);
}

/**
 * The view without a part that its PDU does not have.
 * @param {View} view
 * @returns {View}
 */
function withKnownElement(view) {
  if (view.element === null || !pduData.hasAllParts || !page.unit) return view;
  return page.unit.elementName(page.pduModel) === null ? { ...view, element: null } : view;
}

/** Asks who uses it, and shows it. */
async function loadWho() {
  page.who ??= await fetchWho(store, () => dashboard.now(), () => void loadWho());
  // Before the first answer it says that it waits for it.
  renderWho();
  await page.who?.load(page.whoModel);
  renderWho();
}

/** Shows who uses it, unless there is no PDU at all, or not this one. */
function renderWho() {
  show(byId('who'), !page.isEmpty && (store.view.pdu === null || (pduData.isReady && !pduData.isMissing)));
  page.who?.render(page.whoModel);
}

/** Shows the past, and who used it. */
function renderPast() {
  renderWho();
  past?.render();
  present.when.render();
}

/** Shows everything that is known. */
function render() {
  present.render();
  renderPast();
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
    if (to.pdu !== null) page.unit?.focusName();
    else if (from.pdu !== null && isLost) focusCard(from.pdu);
  } else if (from.element !== null && to.element === null && (isLost || activeElement === byId('chart-title'))) {
    page.unit?.focusPart(from.element);
  }
}

/** Shows another view: what is known of its past first, the rest once that is painted. @param {View} from @param {View} to */
async function go(from, to) {
  pduData.open(to.pdu);
  if (to.pdu !== null && !page.unit) await fetchParts();
  if (store.view !== to) return;
  const isSame = isSameData(to, from);
  if (to.pdu !== from.pdu || !past || isSame || !dashboard.takeUp(to)) render();
  else {
    past.render();
    present.when.render();
    await idle();
    if (store.view !== to) return;
    render();
  }
  bringFocus(from, to);
  if (!isSame) void refresher.now();
  else if (to.who.kind !== from.who.kind) void loadWho();
}

/** Done when what has been changed is painted and nothing is more urgent, soon in any case. */
function idle() {
  return new Promise((resolve) => ('requestIdleCallback' in window ? requestIdleCallback(resolve, { timeout: 200 }) : setTimeout(resolve)));
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
makeTiles();
renderPlaceholders();
keepPlace();
byId('help').addEventListener('click', help);
addEventListener('beforeprint', () => {
  const { calendar, now } = { calendar: dashboard.calendar, now: dashboard.now() };
  setText(byId('printed'), strings.printed(page.whoModel.rangeWords, `${calendar.dayWithYear(now)}, ${calendar.timeWithZone(now)}`, calendar.zone));
});
const { when } = present;
listenToKeys({
  previous: () => when.step(-1), next: () => when.step(1), today: () => when.goToday(),
  day: () => when.choose('day'), week: () => when.choose('week'), month: () => when.choose('month'),
  year: () => when.choose('year'), compare: compareNext,
  find: () => page.who?.filters.search.focus(), groups: () => editGroups(null), help,
});
settings.subscribe(render);
byId('select-all').addEventListener('click', () => store.go({ ...store.view, pdus: null }));
let shown = store.view;
pduData.open(shown.pdu);
store.subscribe((view) => {
  const before = shown;
  shown = view;
  void go(before, view);
});
document.addEventListener('visibilitychange', () => !document.hidden && present.render());
window.setInterval(() => !document.hidden && present.render(), TICK);
render();
void refresher.now().then(() => window.setTimeout(() => {
  void keepPage();
  // Where it is fetched already, it opens at once, also while the server is away.
  void import('./views/pdu/page.js').catch(() => {});
}, WHEN_QUIET));
