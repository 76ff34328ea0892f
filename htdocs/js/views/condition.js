// @ts-check
// How things stand: what is not as it should be, as notices for the eye, and as words for screen readers when it
// changes.

import { wordsOf } from '../dashboard.js';
import { announce } from '../dom.js';
import { duration } from '../format.js';
import { strings } from '../strings.js';
import { removeFirstRun, renderFirstRun, renderNotices } from './notices.js';

/** @typedef {import('../status.js').PDU} PDU */
/** @typedef {import('./notices.js').Notice} Notice */
/**
 * @typedef {object} Condition
 * @property {PDU[]} pdus
 * @property {boolean} isEmpty the server answers and knows no PDU
 * @property {ReturnType<typeof import('../status.js').collector>} collecting
 * @property {number} interval seconds between polls
 * @property {number} now
 * @property {import('../time.js').SiteCalendar} calendar
 * @property {number | null} newestRun
 * @property {import('../api.js').ApiError | null} problem
 * @property {string | null} keptFrom the time of what is shown, in words
 * @property {() => void} retry
 */

/**
 * What screen readers were told last, by subject.
 * @type {Map<string, string>}
 */
const told = new Map();

/** @param {Condition} condition */
export function renderCondition(condition) {
  if (condition.isEmpty && !condition.problem) {
    renderNotices([]);
    renderFirstRun(condition.collecting.state === 'never');
  } else {
    removeFirstRun();
    renderNotices(noticesOf(condition));
  }
  const words = strings.announce;
  tell('server', condition.problem ? words.unreachable : words.reachable);
  tell('collector', condition.collecting.state === 'stopped' ? words.stopped : words.running);
  for (const pdu of condition.pdus) tell(`pdu ${pdu.id}`, words.pdu(pdu.name, strings.pdu[pdu.state]));
}

/**
 * Whether there are PDUs and none has been read yet.
 * @param {PDU[]} pdus
 */
export function isWaiting(pdus) {
  return pdus.length > 0 && pdus.every((pdu) => pdu.state === 'waiting');
}

/**
 * The one that matters most: what stands behind it cannot be seen.
 * @param {Condition} condition
 * @returns {Notice[]}
 */
function noticesOf({ pdus, isEmpty, collecting, interval, now, calendar, newestRun, problem, keptFrom, retry }) {
  const words = strings.notices;
  if (problem) {
    const text = keptFrom === null ? words.retrying : `${words.kept(keptFrom)} ${words.retrying}`;
    return [{ id: 'unreachable', kind: 'error', title: wordsOf(problem), text, action: { label: words.retryNow, run: retry } }];
  }
  if (collecting.state === 'stopped' && !isEmpty) {
    const title = words.stopped(collecting.silence === null ? null : duration(collecting.silence));
    return [{ id: 'stopped', kind: 'warning', title, text: words.stoppedText, command: words.timerCommand }];
  }
  if (isWaiting(pdus)) {
    const text = words.waitingText(duration(interval));
    return [{ id: 'waiting', kind: 'info', title: waitingWords(newestRun, interval, now, calendar), text, command: words.timerCommand }];
  }
  return [];
}

/**
 * When the next poll is due, as long as that lies ahead.
 * @param {number | null} newestRun @param {number} interval @param {number} now @param {import('../time.js').SiteCalendar} calendar
 */
function waitingWords(newestRun, interval, now, calendar) {
  const words = strings.notices;
  const next = newestRun === null ? null : newestRun + interval * 1000;
  if (next === null || next < now) return words.waiting;
  return words.waitingNext(calendar.timeWithSeconds(next), duration((next - now) / 1000));
}

/**
 * Announces `text` when it differs from what was said of `subject` before.
 * @param {string} subject
 * @param {string} text
 */
function tell(subject, text) {
  const before = told.get(subject);
  told.set(subject, text);
  if (before !== undefined && before !== text) announce(text);
}
