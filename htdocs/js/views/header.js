// @ts-check
// The top of the page: which site, what time it is there, how old the readings are, and how all is.

import { byId, setIcon, setText } from '../dom.js';
import { age, text, power } from '../format.js';
import { strings } from '../strings.js';

/** @typedef {import('../status.js').HealthKind} HealthKind */

/** @type {Record<HealthKind, string>} */
const ICONS = {
  loading: 'waiting', ok: 'ok', empty: 'waiting', waiting: 'waiting', stale: 'stale', offline: 'offline',
  stopped: 'warning', unreachable: 'warning', refused: 'warning',
};

/**
 * @param {object} model
 * @param {string | null} model.siteName
 * @param {import('../time.js').SiteCalendar | null} model.calendar null before the first answer
 * @param {number} model.now the server's time
 * @param {number | null} model.updatedAt when the server last answered
 * @param {{ kind: HealthKind, count: number }} model.health
 * @param {string | null} model.pduName of the PDU whose page is open
 * @param {number | null} model.watts of it, or of all
 */
export function renderHeader({ siteName, calendar, now, updatedAt, health, pduName, watts }) {
  const words = strings.header;
  const name = siteName ?? strings.product;
  setText(byId('site-name'), name);
  const title = pduName === null ? name : strings.unit.title(pduName, name);
  document.title = watts === null ? title : strings.title(title, text(power(watts)));
  if (calendar) {
    const zone = words.zone(calendar.zone, calendar.abbreviation(now));
    setText(byId('site-clock'), `${calendar.dayAndTime(now)} · ${zone}`);
  }
  setText(byId('updated'), updatedAt === null ? words.connecting : words.updated(age((now - updatedAt) / 1000)));
  renderHealth(health);
}

/** @param {{ kind: HealthKind, count: number }} health */
function renderHealth({ kind, count }) {
  const pill = byId('health');
  const word = strings.health[kind];
  pill.dataset.kind = kind;
  const svg = pill.querySelector('svg');
  const label = pill.querySelector('span');
  if (svg) setIcon(svg, ICONS[kind]);
  if (label) setText(label, typeof word === 'function' ? word(count) : word);
}
