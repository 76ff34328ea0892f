// @ts-check
// What happened at one place of the chart.

import { EventsView } from '../pdu/events.js';
import { Dialog } from './dialog.js';

/**
 * @typedef {object} Shown
 * @property {string} title
 * @property {Record<string, any>[]} items
 * @property {(item: Record<string, any>) => string | null} nameOf
 * @property {import('../../time.js').SiteCalendar} calendar
 */

/** @param {Shown} shown */
export function openEvents({ title, items, nameOf, calendar }) {
  const dialog = new Dialog(title);
  const view = new EventsView('flagged');
  view.render([...items].reverse(), calendar, Date.now(), nameOf);
  dialog.body.append(view.root);
  dialog.open();
  dialog.title.focus();
}
