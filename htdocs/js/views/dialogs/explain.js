// @ts-check
// Why an energy is the number it is: the account of `/api/explain`, in its own sentences and in figures.

import { get } from '../../api.js';
import { asApiError, wordsOf } from '../../dashboard.js';
import { make, setText } from '../../dom.js';
import { UNKNOWN, duration, energy, isKnown, measure, number, percent, text } from '../../format.js';
import { settings } from '../../settings.js';
import { strings } from '../../strings.js';
import { SiteCalendar, parseTime } from '../../time.js';
import { unnamed } from '../who/name.js';
import { Dialog } from './dialog.js';

/**
 * @typedef {object} Question
 * @property {string} subject whose energy it is, as parameters of the interface: `element=…` of one, `pdu_ids=…` or
 *   `group_ids=…` of several together; empty: of all PDUs
 * @property {string} [name] of several together
 * @property {string} start RFC 3339, or a date or time by the site's clocks
 * @property {string} end
 */

/** @param {Question} question */
export function openExplain(question) {
  const words = strings.explain;
  const dialog = new Dialog(words.title, 'wide');
  dialog.body.append(make('p', { class: 'muted', role: 'status' }, words.loading));
  dialog.open();
  dialog.title.focus();
  void fill(dialog, question);
}

/** @param {Dialog} dialog @param {Question} question */
async function fill(dialog, question) {
  const { subject, start, end } = question;
  const query = `${subject}${subject ? '&' : ''}start=${encodeURIComponent(start)}&end=${encodeURIComponent(end)}`;
  const request = new AbortController();
  dialog.root.addEventListener('close', () => request.abort());
  try {
    const { data } = await get(`api/explain?${query}`, request.signal);
    const calendar = new SiteCalendar(data.timezone);
    setText(dialog.title, titleOf(data, question.name));
    dialog.body.replaceChildren(...account(data, calendar));
  } catch (error) {
    if (request.signal.aborted) return;
    const again = make('button', { type: 'button' }, strings.notices.retryNow);
    again.addEventListener('click', () => void fill(dialog, question));
    dialog.body.replaceChildren(make('p', { class: 'notice inline', 'data-kind': 'error', role: 'alert' }, wordsOf(asApiError(error))),
      make('div', { class: 'actions' }, again));
  }
}

/** @param {Record<string, any>} data @param {string} [name] of several together */
function titleOf({ element }, name) {
  const words = strings.explain;
  if (!element) return words.of(name ?? strings.history.allPDUs);
  const pdu = settings.nameOf(Number(element.pdu_id), String(element.pdu ?? ''));
  if (element.kind === 'pdu') return words.of(pdu);
  return words.of(strings.history.element(settings.nameOf(Number(element.id), element.name || unnamed(element.kind, element.number)), pdu));
}

/** @param {Record<string, any>} data @param {SiteCalendar} calendar @returns {HTMLElement[]} */
function account(data, calendar) {
  const words = strings.explain;
  const sentences = listOf(data.sentences);
  return [
    make('p', { class: 'explain-figure' }, text(energy(data.energy_kwh))),
    make('p', { class: 'muted' }, words.range(momentWords(data.start, calendar), momentWords(data.end, calendar))),
    make('div', { class: 'sentences' }, ...sentences.map((sentence) => make('p', {}, String(sentence)))),
    figures(data, calendar),
    ...section(words.gaps, listOf(data.gaps).map((gap) => words.gap(momentWords(gap.start, calendar), momentWords(gap.end, calendar),
      duration(Number(gap.seconds) || 0), isKnown(gap.kwh) ? text(energy(gap.kwh)) : null))),
    ...section(words.remarks, listOf(data.remarks).map((remark) => `${momentWords(remark.at, calendar)}: ${remark.detail ?? remark.kind}`)),
    ...section(words.corrections, listOf(data.corrections).map((one) => correctionWords(one, calendar))),
    ...section(words.events, listOf(data.events).map((event) => `${momentWords(event.at, calendar)}: ${event.detail ?? event.kind}`)),
    ...members(data),
  ];
}

/** @param {unknown} value @returns {any[]} */
function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/** @param {Record<string, any>} data @param {SiteCalendar} calendar */
function figures(data, calendar) {
  const words = strings.explain;
  /** @type {[string, string][]} */
  const rows = [];
  for (const [method, part] of Object.entries(data.methods ?? {})) {
    const share = /** @type {any} */ (part);
    if (share) rows.push([words.methods[method] ?? method, `${text(energy(share.kwh))} (${text(measure(share.share * 100, '%', share.share === 1 ? 0 : 1))})`]);
  }
  for (const [name, mark] of /** @type {const} */ ([[words.opening, data.opening_counter], [words.closing, data.closing_counter]])) {
    if (mark) rows.push([name, words.counter(isKnown(mark.kwh) ? text({ value: number(mark.kwh, 1), unit: 'kWh' }) : UNKNOWN, momentWords(mark.at, calendar))]);
  }
  rows.push([words.coverage, text(percent(data.coverage))]);
  if (isKnown(data.readings)) rows.push([words.readings, number(data.readings, 0)]);
  if (isKnown(data.drift_percent)) {
    rows.push([words.drift, words.driftOf(text(measure(data.drift_percent, '%', 2)), text(energy(data.compared_counted_kwh)), text(energy(data.compared_integrated_kwh)))]);
  }
  return make('dl', { class: 'facts' }, ...rows.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
}

/** @param {string} title @param {string[]} items @returns {HTMLElement[]} */
function section(title, items) {
  if (items.length === 0) return [];
  return [make('h3', {}, title), make('ul', { class: 'plain', role: 'list' }, ...items.map((item) => make('li', {}, item)))];
}

/** What a part of a sum is called. @param {Record<string, any>} member */
function memberName({ pdu_id: pduID, element_id: id, kind, number: n, pdu, name }) {
  if (kind === 'pdu') return settings.nameOf(Number(pduID), String(name ?? ''));
  return strings.history.element(settings.nameOf(Number(id), name || unnamed(kind, n)), settings.nameOf(Number(pduID), String(pdu ?? '')));
}

/** The share of each member. @param {Record<string, any>} data @returns {HTMLElement[]} */
function members(data) {
  const words = strings.explain;
  const those = listOf(data.members);
  if (those.length === 0) return [];
  const heads = [words.member, strings.who.columns.kwh ?? '', words.method, strings.who.columns.coverage ?? ''];
  return [make('h3', {}, words.members), make('div', { class: 'who-frame', tabindex: '0', role: 'region', 'aria-label': words.members }, make('table', {},
    make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head)))),
    make('tbody', {}, ...those.map((one) => make('tr', {}, make('th', { scope: 'row' }, memberName(one)),
      ...[text(energy(one.energy_kwh)), words.methods[one.method] ?? UNKNOWN, text(percent(one.coverage))].map((value) => make('td', {}, value)))))))];
}

/** @param {Record<string, any>} correction @param {SiteCalendar} calendar */
function correctionWords(correction, calendar) {
  const words = strings.explain;
  const range = words.range(momentWords(correction.start, calendar), momentWords(correction.end, calendar));
  const what = correction.action === 'set' ? words.set(text(energy(correction.kwh))) : words.excluded;
  const by = [correction.reason, correction.author].filter((one) => typeof one === 'string' && one !== '').join(', ');
  return `${range}: ${what}${by ? ` (${by})` : ''}${correction.undone_at ? ` – ${words.undone}` : ''}`;
}

/** @param {unknown} moment @param {SiteCalendar} calendar */
function momentWords(moment, calendar) {
  const at = parseTime(moment);
  return at === null ? UNKNOWN : `${calendar.dayWithYear(at)}, ${calendar.timeWithZone(at)}`;
}
