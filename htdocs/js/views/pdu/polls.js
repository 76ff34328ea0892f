// @ts-check
// The health of a PDU's polls: the last day in quarters of an hour, how long answers took, what failed, and what happened
// meanwhile on the same line of time. The strip is for the eye; a sentence and a table say the same.

import { draw, make, setAttribute, setText, show } from '../../dom.js';
import { UNKNOWN, isKnown, measure, number, percent, text } from '../../format.js';
import { strings } from '../../strings.js';
import { parseTime } from '../../time.js';
import { kindWords } from './events.js';

/** @typedef {import('../../time.js').SiteCalendar} SiteCalendar */
/** @typedef {'ok' | 'some' | 'all' | 'none'} Outcome */
/**
 * @typedef {object} Slot
 * @property {number} start milliseconds
 * @property {number} end
 * @property {number} polls
 * @property {number} failures
 * @property {string | null} reason
 * @property {number | null} mean milliseconds
 * @property {number | null} most
 */

/** The strip's own units: ten for each slot. */
const [WIDE, LATENCY, STATE, FLAGS] = [10, 30, 10, 12];

/**
 * The quarters of an hour of `/api/pdus/{id}/polls`.
 * @param {any} data
 * @returns {Slot[]}
 */
export function toSlots(data) {
  /** @param {unknown} value */
  const known = (value) => (isKnown(value) ? value : null);
  return (Array.isArray(data?.slots) ? data.slots : []).flatMap((/** @type {any} */ slot) => {
    const [start, end] = [parseTime(slot.start), parseTime(slot.end)];
    if (start === null || end === null) return [];
    return [{
      start, end, polls: Number(slot.polls) || 0, failures: Number(slot.failures) || 0, reason: slot.worst_reason ?? null,
      mean: known(slot.latency_ms_mean), most: known(slot.latency_ms_max),
    }];
  });
}

/** @param {Slot} slot @returns {Outcome} */
export function outcomeOf({ polls, failures }) {
  if (polls === 0) return 'none';
  if (failures === 0) return 'ok';
  return failures >= polls ? 'all' : 'some';
}

/**
 * The day in a few numbers.
 * @param {Slot[]} slots
 */
export function summaryOf(slots) {
  const [polls, failures] = [sum(slots.map((slot) => slot.polls)), sum(slots.map((slot) => slot.failures))];
  const answered = slots.filter(({ mean }) => mean !== null);
  const weight = sum(answered.map((slot) => slot.polls - slot.failures));
  return {
    polls, failures,
    mean: weight > 0 ? sum(answered.map((slot) => (slot.mean ?? 0) * (slot.polls - slot.failures))) / weight : null,
    most: answered.length > 0 ? Math.max(...answered.map(({ mean, most }) => most ?? mean ?? 0)) : null,
  };
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((all, value) => all + value, 0);
}

/** The strip, its sentence and its table. */
export class PollsView {
  constructor() {
    const words = strings.polls;
    this.summary = make('p', { class: 'muted' });
    this.strip = draw('svg', { class: 'polls-strip', role: 'img', preserveAspectRatio: 'none' });
    this.axis = make('div', { class: 'polls-axis', 'aria-hidden': 'true' });
    this.body = make('tbody');
    this.details = make('details', { class: 'polls-table' }, make('summary', {}, words.table), make('div', { class: 'who-frame', tabindex: '0', role: 'region', 'aria-label': words.table },
      make('table', {}, make('thead', {}, make('tr', {}, ...words.heads.map((head) => make('th', { scope: 'col' }, head)))), this.body)));
    this.details.addEventListener('toggle', () => this.#fill());
    this.legend = make('ul', { class: 'legend' }, ...(/** @type {Outcome[]} */ (['ok', 'some', 'all', 'none'])).map((outcome) =>
      make('li', {}, make('span', { class: `key poll-key poll-${outcome}`, 'aria-hidden': 'true' }), words.outcomes[outcome] ?? '')));
    this.root = make('div', { class: 'panel polls', hidden: true }, make('div', { class: 'section-head' }, make('h3', {}, words.title), this.summary),
      this.strip, this.axis, this.legend, this.details);
    this.told = '';
    /** @type {Slot[]} */
    this.slots = [];
    /** @type {SiteCalendar | null} */
    this.calendar = null;
  }

  /** @param {any} data @param {Record<string, any>[]} events @param {SiteCalendar} calendar */
  render(data, events, calendar) {
    const told = JSON.stringify([data, events, calendar.zone]);
    if (told === this.told) return;
    this.told = told;
    this.slots = toSlots(data);
    this.calendar = calendar;
    show(this.root, this.slots.length > 0);
    if (this.slots.length === 0) return;
    const words = strings.polls;
    const { polls, failures, mean, most } = summaryOf(this.slots);
    const share = polls > 0 ? text(percent(failures / polls)) : '';
    const summary = polls === 0 ? words.nobody : words.summary(number(polls, 0), failures, share)
      + (mean === null ? '' : words.latency(inMilliseconds(mean), inMilliseconds(most)));
    setText(this.summary, summary);
    setAttribute(this.strip, 'aria-label', `${words.title}: ${summary}`);
    this.#draw(events, most ?? 0);
    this.#fill();
  }

  /** @param {Record<string, any>[]} events @param {number} most milliseconds */
  #draw(events, most) {
    const { slots, calendar } = this;
    const [first, last] = [slots[0], slots[slots.length - 1]];
    if (!first || !last || !calendar) return;
    const height = LATENCY + STATE + FLAGS;
    setAttribute(this.strip, 'viewBox', `0 0 ${slots.length * WIDE} ${height}`);
    const bars = slots.flatMap((slot, index) => {
      const words = draw('title', {});
      words.textContent = slotWords(slot, calendar);
      const high = slot.mean === null || most <= 0 ? 0 : Math.max(1, slot.mean / most * (LATENCY - 2));
      const top = slot.most === null || most <= 0 ? 0 : Math.max(1, slot.most / most * (LATENCY - 2));
      const x = String(index * WIDE + 1);
      const bar = (/** @type {string} */ name, /** @type {number} */ y, /** @type {number} */ tall) =>
        draw('rect', { class: name, x, width: String(WIDE - 2), y: y.toFixed(1), height: tall.toFixed(1) });
      return [draw('g', {}, words, draw('rect', { class: 'poll-hit', x: String(index * WIDE), width: String(WIDE), y: '0', height: String(height) }),
        bar('poll-most', LATENCY - top, top), bar('poll-mean', LATENCY - high, high), bar(`poll-${outcomeOf(slot)}`, LATENCY, STATE))];
    });
    const flags = events.flatMap((event) => {
      const at = parseTime(event.at);
      if (at === null || at < first.start || at > last.end) return [];
      const x = (at - first.start) / (last.end - first.start) * slots.length * WIDE;
      const words = draw('title', {});
      words.textContent = `${calendar.dayAndTime(at)}: ${kindWords(String(event.kind ?? ''))}`;
      return [draw('path', { class: 'poll-flag', d: `M${x.toFixed(1)} ${LATENCY + STATE + 1}l4 ${FLAGS - 2}h-8z` }, words)];
    });
    this.strip.replaceChildren(...bars, ...flags);
    // Where the hours that can be divided by six stand.
    const marks = slots.flatMap((slot, index) => {
      if (!isSixth(slot.start, calendar)) return [];
      // The last one stands before its place, where it has room.
      const mark = make('span', { class: index / slots.length > 0.93 ? 'late' : null }, calendar.time(slot.start));
      mark.style.left = `${index / slots.length * 100}%`;
      return [mark];
    });
    this.axis.replaceChildren(...marks);
  }

  /** Fills the table while it is open. */
  #fill() {
    const { calendar } = this;
    if (!this.details.open || !calendar) return;
    this.body.replaceChildren(...[...this.slots].reverse().map((slot) => make('tr', {},
      make('th', { scope: 'row' }, `${calendar.day(slot.start)}, ${calendar.time(slot.start)}–${calendar.time(slot.end)}`),
      ...[number(slot.polls, 0), number(slot.failures, 0), slot.reason === null ? '' : strings.failures[slot.reason] ?? slot.reason,
        inMilliseconds(slot.mean), inMilliseconds(slot.most)].map((value) => make('td', {}, value)))));
  }
}

/** @param {number} moment @param {SiteCalendar} calendar */
function isSixth(moment, calendar) {
  const local = moment + calendar.offset(moment) * 60_000;
  return Math.floor(local / 900_000) % 24 === 0;
}

/** @param {Slot} slot @param {SiteCalendar} calendar */
function slotWords(slot, calendar) {
  const words = strings.polls;
  const when = `${calendar.dayAndTime(slot.start)}–${calendar.time(slot.end)}`;
  if (slot.polls === 0) return `${when}: ${words.nobodyThen}`;
  const failed = slot.failures > 0 ? `, ${words.failed(slot.failures)}${slot.reason === null ? '' : ` (${strings.failures[slot.reason] ?? slot.reason})`}` : '';
  return `${when}: ${words.polls(slot.polls)}${failed}${slot.mean === null ? '' : words.latency(inMilliseconds(slot.mean), inMilliseconds(slot.most))}`;
}

/** @param {number | null} value */
function inMilliseconds(value) {
  return value === null ? UNKNOWN : text(measure(value, 'ms', 0));
}
