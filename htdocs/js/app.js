// @ts-check
// The start: words into their places, the view out of the URL, requests in time, and what is known shown after
// each of them.

import { Dashboard, wordsOf } from './dashboard.js';
import { byId, setText, show } from './dom.js';
import { Refresher } from './refresh.js';
import { ViewStore, isSameData, withKnownPDUs, withPDU } from './state.js';
import { collector, health, toPDU, total } from './status.js';
import { strings } from './strings.js';
import { isWaiting, renderCondition } from './views/condition.js';
import { renderHeader } from './views/header.js';
import { HistoryView } from './views/history.js';
import { renderPDUs, renderPlaceholders, renderSelection, renderShares, renderTotal } from './views/pdus.js';

/** How often ages are counted on, in milliseconds. */
const TICK = 5_000;

const dashboard = new Dashboard();
const store = new ViewStore();
const historyView = new HistoryView(store);
const refresher = new Refresher(refresh);

/** Asks for everything, shows each answer as it comes, and only then spends time on Plotly. */
async function refresh() {
  await Promise.all([
    dashboard.loadStatus().then(() => {
      store.correct(withKnownPDUs(store.view, knownIDs()));
      renderNow();
      renderHistory();
    }),
    dashboard.loadHistory(store.view).then(renderHistory),
  ]);
  void historyView.load();
  const problem = dashboard.statusProblem ?? dashboard.historyProblem;
  return { isOk: problem === null, retryAfter: problem?.retryAfter ?? null };
}

function knownIDs() {
  return (dashboard.items ?? []).map((item) => Number(item.id));
}

/** The PDUs as they are at this moment. */
function currentPDUs() {
  const now = dashboard.now();
  return (dashboard.items ?? []).map((item) => toPDU(item, dashboard.meta, now));
}

/** Shows the present: header, notices, total, cards. */
function renderNow() {
  const now = dashboard.now();
  const { items, meta, calendar, updatedAt, statusProblem: problem } = dashboard;
  const pdus = currentPDUs();
  const sum = total(pdus);
  const collecting = collector(meta, now);
  const isEmpty = items !== null && items.length === 0;
  renderHeader({
    siteName: meta.siteName, calendar: updatedAt === null ? null : calendar, now, updatedAt, watts: sum.watts,
    health: items === null && !problem ? { kind: 'loading', count: 0 } : health(pdus, collecting, problem),
  });
  renderCondition({
    pdus, isEmpty, collecting, interval: meta.interval, problem,
    keptFrom: updatedAt === null ? null : calendar.timeWithZone(updatedAt), retry: () => void refresher.now(),
  });
  for (const section of ['now', 'history']) show(byId(section), !isEmpty);
  setText(byId('version'), meta.version ? strings.footer.version(meta.version) : '');
  if (items === null || isEmpty) return;
  renderTotal(sum);
  renderShares(pdus);
  renderPDUs(pdus, now, store.view.pdus, (id, isIncluded) => store.go(withPDU(store.view, id, isIncluded, knownIDs())));
  renderSelection(pdus, store.view.pdus);
}

/** Shows the past. A server that is out of reach is said once, by `renderNow`. */
function renderHistory() {
  const { history, historyProblem, statusProblem } = dashboard;
  historyView.render({
    view: store.view, history,
    problem: historyProblem && !statusProblem ? wordsOf(historyProblem) : null,
    isWaiting: isWaiting(currentPDUs()),
  });
}

/** Puts the words of strings.js where index.html asks for them. */
function fillTexts() {
  /** @param {Element} node @param {string} attribute @returns {string} */
  const wordsFor = (node, attribute) => (node.getAttribute(attribute) ?? '').split('.')
    .reduce((words, key) => words[key], /** @type {any} */ (strings));
  document.querySelectorAll('[data-text]').forEach((node) => setText(node, wordsFor(node, 'data-text')));
  document.querySelectorAll('[data-label]').forEach((node) => node.setAttribute('aria-label', wordsFor(node, 'data-label')));
}

fillTexts();
renderPlaceholders();
byId('select-all').addEventListener('click', () => store.go({ ...store.view, pdus: null }));
let shown = store.view;
store.subscribe((view) => {
  const isSame = isSameData(view, shown);
  shown = view;
  if (dashboard.items) renderNow();
  renderHistory();
  if (!isSame) void refresher.now();
});
document.addEventListener('visibilitychange', () => !document.hidden && renderNow());
window.setInterval(() => !document.hidden && renderNow(), TICK);
renderNow();
renderHistory();
void refresher.now();
