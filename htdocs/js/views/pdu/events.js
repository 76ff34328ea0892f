// @ts-check
// What happened to a PDU and its parts, the newest first, in site time: all of it, or of one sort.

import { make, setText, show } from '../../dom.js';
import { strings } from '../../strings.js';
import { parseTime } from '../../time.js';

/** How many are shown until somebody asks for the others. */
const FEW = 12;

/**
 * What the kinds of events are about.
 * @type {Record<string, string[]>}
 */
const SORTS = {
  reach: ['unreachable', 'reachable', 'restarted'],
  switching: ['switched_on', 'switched_off'],
  energy: [
    'counter_reset', 'counter_rolled_over', 'jump_withheld', 'jump_confirmed', 'jump_dismissed', 'power_withheld', 'scale_suspected', 'scale_settled',
    'correction_made', 'correction_undone',
  ],
  identity: ['renamed', 'unit_replaced'],
};

/** Events, as a list. */
export class EventsView {
  /** @param {string} place a word of its own for each place where there is one @param {string} [none] what is said where there is nothing */
  constructor(place, none = strings.events.none) {
    const words = strings.events;
    this.list = make('ol', { class: 'events', role: 'list' });
    this.none = make('p', { class: 'muted', hidden: true });
    this.noneWords = none;
    this.select = make('select', { id: `events-sort-${place}` });
    this.filter = make('div', { class: 'field events-filter' }, make('label', { for: `events-sort-${place}` }, words.show), this.select);
    this.more = make('button', { type: 'button', class: 'quiet', hidden: true });
    this.root = make('div', {}, this.filter, this.list, this.none, this.more);
    this.sort = '';
    this.isAll = false;
    this.told = '';
    /** @type {(() => void) | null} */
    this.again = null;
    this.select.addEventListener('change', () => {
      this.sort = this.select.value;
      this.again?.();
    });
    this.more.addEventListener('click', () => {
      this.isAll = true;
      this.again?.();
      const next = this.list.children[FEW];
      if (next instanceof HTMLElement) {
        next.tabIndex = -1;
        next.focus({ preventScroll: true });
      }
    });
  }

  /** Begins anew, for another PDU. */
  reset() {
    this.sort = '';
    this.isAll = false;
  }

  /**
   * @param {Record<string, any>[] | null} items null: not known
   * @param {import('../../time.js').SiteCalendar} calendar
   * @param {number} now
   * @param {(item: Record<string, any>) => string | null} nameOf whom it happened to
   */
  render(items, calendar, now, nameOf) {
    this.again = () => this.render(items, calendar, now, nameOf);
    const words = strings.events;
    const all = (items ?? []).map((item) => ({
      at: parseTime(item.at),
      who: nameOf(item),
      kind: String(item.kind ?? ''),
      detail: String(item.detail ?? ''),
    }));
    this.#fillFilter(all.map(({ kind }) => kind));
    const those = this.sort === '' ? all : all.filter(({ kind }) => sortOf(kind) === this.sort);
    const events = this.isAll ? those : those.slice(0, FEW);
    setText(this.none, items !== null && all.length > 0 ? words.noneOf : this.noneWords);
    show(this.none, items !== null && those.length === 0);
    setText(this.more, words.more(those.length - events.length));
    show(this.more, those.length > events.length);
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

  /** Offers what there is, and what is chosen. @param {string[]} kinds */
  #fillFilter(kinds) {
    const sorts = [...Object.keys(SORTS), 'other'].filter((sort) => sort === this.sort || kinds.some((kind) => sortOf(kind) === sort));
    show(this.filter, sorts.length > 1);
    const values = ['', ...sorts];
    if ([...this.select.options].map(({ value }) => value).join() !== values.join()) {
      this.select.replaceChildren(...values.map((sort) => make('option', { value: sort }, strings.events.sorts[sort] ?? sort)));
    }
    this.select.value = this.sort;
  }
}

/** @param {string} kind */
function sortOf(kind) {
  return Object.keys(SORTS).find((sort) => SORTS[sort]?.includes(kind)) ?? 'other';
}

/**
 * What kind of event it is.
 * @param {string} kind
 */
export function kindWords(kind) {
  const words = kind.replaceAll('_', ' ');
  return strings.events.kinds[kind] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {number} at @param {import('../../time.js').SiteCalendar} calendar @param {string} year the present one */
function momentWords(at, calendar, year) {
  if (calendar.words(at, { year: 'numeric' }) === year) return calendar.dayAndTime(at);
  return `${calendar.dayWithYear(at)}, ${calendar.time(at)}`;
}
