// @ts-check
// What happened, as flags above the chart: each says what and when, and opens the list.

import { byId, make, setAttribute, setText, show } from '../dom.js';
import { placed } from '../happenings.js';
import { strings } from '../strings.js';
import { parseTime } from '../time.js';
import { showEvents } from './dialogs/open.js';
import { kindWords } from './pdu/events.js';

/** @typedef {import('../happenings.js').Happening} Happening */
/**
 * @typedef {object} FlagsModel
 * @property {Happening[] | null} items null: not known
 * @property {import('../past.js').Past | null} past what the chart shows; null: nothing
 * @property {{ left: number, width: number } | null} area of the plot, in pixels; null: there is none
 * @property {(item: Happening) => string | null} nameOf whom it happened to
 * @property {string} range in words
 */

/** As wide as a flag, in pixels. */
const WIDTH = 20;

/** The flags. */
export class FlagsView {
  /** @param {() => { left: number, width: number } | null} areaOf */
  constructor(areaOf) {
    this.root = make('ul', { class: 'flags', role: 'list', 'aria-label': strings.flags.title, hidden: true });
    byId('chart-frame').append(this.root);
    /** @type {FlagsModel | null} */
    this.model = null;
    this.told = '';
    new ResizeObserver(() => this.model && this.render({ ...this.model, area: areaOf() })).observe(byId('chart-frame'));
  }

  /** @param {FlagsModel} model */
  render(model) {
    this.model = model;
    const { items, past, area } = model;
    const groups = items && past && area && area.width > 0 ? placed(items, past.buckets, WIDTH / area.width) : [];
    show(this.root, groups.length > 0);
    const told = JSON.stringify([groups, area, past?.calendar.zone]);
    if (told === this.told || !past || !area) return;
    this.told = told;
    while (this.root.children.length > groups.length) this.root.lastElementChild?.remove();
    groups.forEach(({ at, items: those }, index) => {
      const flag = this.root.children[index] ?? this.root.appendChild(make('li', {}, make('button', { type: 'button', class: 'flag' })));
      if (!(flag instanceof HTMLElement)) return;
      flag.style.left = `${area.left + at * area.width}px`;
      const button = flag.firstElementChild;
      if (!(button instanceof HTMLElement)) return;
      const words = those.slice(0, 3).map((item) => wordsOf(item, model, past.calendar)).join('; ') + (those.length > 3 ? ` ${strings.flags.more(those.length - 3)}` : '');
      setText(button, those.length > 1 ? String(those.length) : '');
      setAttribute(button, 'aria-label', words);
      setAttribute(button, 'title', words);
      button.onclick = () => showEvents({ title: strings.flags.title, items: those, nameOf: model.nameOf, calendar: past.calendar });
    });
  }
}

/** @param {Happening} item @param {FlagsModel} model @param {import('../time.js').SiteCalendar} calendar */
function wordsOf(item, { nameOf }, calendar) {
  const at = parseTime(item.at);
  const who = nameOf(item);
  return `${at === null ? '' : `${calendar.dayAndTime(at)}: `}${kindWords(String(item.kind ?? ''))}${who === null ? '' : ` – ${who}`}`;
}
