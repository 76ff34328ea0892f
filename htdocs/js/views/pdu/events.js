// @ts-check
// What happened to a PDU and its parts, the newest first, in site time.

import { make, setText, show } from '../../dom.js';
import { strings } from '../../strings.js';
import { parseTime } from '../../time.js';

/** The last events of a PDU. */
export class EventsView {
  constructor() {
    this.list = make('ol', { class: 'events', role: 'list' });
    this.none = make('p', { class: 'muted', hidden: true }, strings.events.none);
    this.root = make('div', {}, this.list, this.none);
    this.told = '';
  }

  /**
   * @param {Record<string, any>[] | null} items null: not known
   * @param {import('../../time.js').SiteCalendar} calendar
   * @param {number} now
   * @param {(element: number) => string | null} nameOfElement
   */
  render(items, calendar, now, nameOfElement) {
    show(this.none, items?.length === 0);
    const events = (items ?? []).map((item) => ({
      at: parseTime(item.at),
      who: typeof item.element_id === 'number' ? nameOfElement(item.element_id) : null,
      kind: String(item.kind ?? ''),
      detail: String(item.detail ?? ''),
    }));
    const year = calendar.words(now, { year: 'numeric' });
    const told = JSON.stringify([events, calendar.zone, year]);
    if (told === this.told) return;
    this.told = told;
    this.list.replaceChildren(...events.map(({ at, who, kind, detail }) => make('li', { 'data-kind': kind },
      make('p', { class: 'event-head' },
        ...(at === null ? [] : [make('time', { datetime: new Date(at).toISOString() }, momentWords(at, calendar, year)), ' ']),
        make('strong', {}, kindWords(kind)), ...(who === null ? [] : [' ', make('span', { class: 'event-who' }, who)])),
      make('p', { class: 'event-detail' }, detail))));
  }
}

/** @param {string} kind */
function kindWords(kind) {
  const words = kind.replaceAll('_', ' ');
  return strings.events.kinds[kind] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {number} at @param {import('../../time.js').SiteCalendar} calendar @param {string} year the present one */
function momentWords(at, calendar, year) {
  if (calendar.words(at, { year: 'numeric' }) === year) return calendar.dayAndTime(at);
  return `${calendar.dayWithYear(at)}, ${calendar.time(at)}`;
}
