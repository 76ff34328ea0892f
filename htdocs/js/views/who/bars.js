// @ts-check
// Who uses how much, as bars from the most to the least: the first ten, the others together, and what is nobody's. The
// bars are for the eye; each says its number.

import { OTHERS, colourOfElement, colourOfGroup, paint } from '../../colours.js';
import { make, setText, show } from '../../dom.js';
import { energy, text } from '../../format.js';
import { ordered } from '../../consumers.js';
import { strings } from '../../strings.js';
import { shareWords } from './cells.js';
import { ConsumerLink, placeWords } from './name.js';

/** @typedef {import('../../consumers.js').Consumer} Consumer */
/** @typedef {{ name: string, kwh: number, before: number | null, share: number | null }} Rest what has no row of its own */

/** How many have a bar of their own: as many as there are colours. */
const MOST = 10;

/**
 * The colour of a consumer.
 * @param {Consumer} consumer
 */
export function colourOfConsumer({ kind, id }) {
  return kind === 'group' ? colourOfGroup(id) : colourOfElement(id);
}

/** The bars. */
export class WhoBars {
  /** @param {import('../../state.js').ViewStore} store @param {(view: import('../../state.js').View, consumer: Consumer) => import('../../state.js').View} to */
  constructor(store, to) {
    this.store = store;
    this.to = to;
    this.root = make('ol', { class: 'who-bars', role: 'list', 'aria-label': strings.who.bars });
    /** @type {Map<string, Bar>} */
    this.bars = new Map();
  }

  /**
   * @param {Consumer[]} consumers
   * @param {Rest | null} residual
   * @param {boolean} isOfOne whether all are of one PDU
   */
  render(consumers, residual, isOfOne) {
    const those = ordered(consumers, { sort: 'kwh', isDescending: true }).filter(({ kwh }) => kwh !== null && kwh > 0);
    const shown = those.length > MOST ? those.slice(0, MOST - 1) : those;
    const others = those.slice(shown.length);
    /** @type {Rest[]} */
    const rests = residual && residual.kwh > 0 ? [residual] : [];
    if (others.length > 0) {
      const add = (/** @type {(one: Consumer) => number | null} */ of) => others.reduce((sum, one) => sum + (of(one) ?? 0), 0);
      rests.unshift({
        name: strings.who.others(others.length), kwh: add(({ kwh }) => kwh), before: add(({ before }) => before) || null,
        share: add(({ share }) => share),
      });
    }
    // The others together may be more than anybody: their bar is broken then, and does not make all others small.
    const top = Math.max(0, ...shown.flatMap(({ kwh, before }) => [kwh ?? 0, before ?? 0]));
    /** @type {[string, Consumer | Rest][]} */
    const all = [...shown.map((one) => /** @type {[string, Consumer]} */ ([`${one.kind} ${one.id}`, one])),
      ...rests.map((one, index) => /** @type {[string, Rest]} */ ([`rest ${index}`, one]))];
    for (const [key, bar] of this.bars) {
      if (all.some(([other]) => other === key)) continue;
      bar.root.remove();
      this.bars.delete(key);
    }
    all.forEach(([key, one], index) => {
      const bar = this.bars.get(key) ?? new Bar(this.store, this.to, 'id' in one);
      this.bars.set(key, bar);
      bar.render(one, top, isOfOne);
      if (this.root.children[index] !== bar.root) this.root.insertBefore(bar.root, this.root.children[index] ?? null);
    });
    show(this.root, all.length > 0);
  }
}

/** One bar. */
class Bar {
  /** @param {import('../../state.js').ViewStore} store @param {(view: import('../../state.js').View, consumer: Consumer) => import('../../state.js').View} to @param {boolean} isLink */
  constructor(store, to, isLink) {
    this.link = isLink ? new ConsumerLink(store, to) : null;
    this.name = make('span');
    this.place = make('span', { class: 'muted' });
    this.value = make('span', { class: 'who-value' });
    this.share = make('span', { class: 'who-share muted' });
    this.fill = make('span', { class: 'who-fill' });
    this.ghost = make('span', { class: 'who-ghost' });
    this.root = make('li', {}, make('span', { class: 'who-name' }, this.link?.root ?? this.name, ' ', this.place), ' ', this.value, ' ', this.share,
      make('span', { class: 'who-bar', 'aria-hidden': 'true' }, this.fill, this.ghost));
  }

  /** @param {Consumer | Rest} one @param {number} top kWh of the whole width @param {boolean} isOfOne */
  render(one, top, isOfOne) {
    if ('id' in one) {
      this.link?.render(one);
      setText(this.place, placeWords(one, isOfOne));
    } else {
      setText(this.name, one.name);
    }
    paint(this.root, 'id' in one ? colourOfConsumer(one) : OTHERS);
    this.root.classList.toggle('beyond', (one.kwh ?? 0) > top);
    setText(this.value, text(energy(one.kwh)));
    setText(this.share, one.share === null ? '' : shareWords(one.share));
    setWidth(this.fill, one.kwh ?? 0, top);
    setWidth(this.ghost, one.before ?? 0, top);
  }
}

/** @param {HTMLElement} bar @param {number} value @param {number} top */
function setWidth(bar, value, top) {
  const width = `${top > 0 ? Math.min(Math.round(value / top * 1000) / 10, 100) : 0}%`;
  if (bar.style.width !== width) bar.style.width = width;
}
