// @ts-check
// The total and one card for each PDU: made once, then changed in place.

import { byId, icon, make, quantity, setIcon, setQuantity, setText, show } from '../dom.js';
import { UNKNOWN, age, power, powerIn, text } from '../format.js';
import { withPDU, withPage } from '../state.js';
import { strings } from '../strings.js';
import { ViewLink } from './link.js';

/** @typedef {import('../state.js').ViewStore} ViewStore */
/** @typedef {import('../status.js').PDU} PDU */
/** @typedef {import('../status.js').PDUState} PDUState */

/**
 * The icon of each state.
 * @type {Record<PDUState, string>}
 */
export const STATE_ICONS = { online: 'ok', stale: 'stale', offline: 'offline', waiting: 'waiting' };

/** How many colours css/base.css has for PDUs. */
const COLOURS = 10;

/** Where the number of cards is kept from one visit to the next. */
const COUNT_KEY = 'pdu-monitor.cards';

/**
 * The number of a PDU's colour, bound to its id so that it is the same in every view.
 * @param {number} id
 */
export function colourOf(id) {
  return (id - 1) % COLOURS;
}

/**
 * The cards, by PDU id.
 * @type {Map<number, Card>}
 */
const cards = new Map();

/**
 * Shows `pdus` at `now`.
 * @param {PDU[]} pdus
 * @param {number} now
 * @param {ViewStore} store
 */
export function renderPDUs(pdus, now, store) {
  const list = byId('pdus');
  const selected = store.view.pdus;
  list.querySelectorAll('.placeholder').forEach((node) => node.remove());
  for (const [id, card] of cards) {
    if (!pdus.some((pdu) => pdu.id === id)) {
      card.root.remove();
      cards.delete(id);
    }
  }
  pdus.forEach((pdu, index) => {
    const card = cards.get(pdu.id) ?? new Card(pdu.id, store);
    cards.set(pdu.id, card);
    card.render(pdu, now, selected === null || selected.includes(pdu.id));
    if (list.children[index] !== card.root) list.insertBefore(card.root, list.children[index] ?? null);
  });
  remember(pdus.length);
}

/**
 * Puts the focus on the name of a PDU in the list.
 * @param {number} id
 */
export function focusCard(id) {
  cards.get(id)?.name.root.focus();
}

/** Keeps the places of the cards, as many as there were on the last visit, until their data is here. */
export function renderPlaceholders() {
  const places = Array.from({ length: remembered() }, () => make('li', { class: 'pdu panel placeholder skeleton' }));
  byId('pdus').replaceChildren(...places);
}

/** @param {number} count */
function remember(count) {
  try {
    if (count !== remembered()) localStorage.setItem(COUNT_KEY, String(count));
  } catch {
    // Without storage the next visit keeps one place.
  }
}

function remembered() {
  try {
    return Math.min(Math.max(Number(localStorage.getItem(COUNT_KEY)) || 1, 1), 100);
  } catch {
    return 1;
  }
}

/**
 * What all draw together.
 * @param {ReturnType<typeof import('../status.js').total>} total
 */
export function renderTotal(total) {
  const figure = byId('total-figure');
  figure.classList.remove('skeleton');
  if (figure.childElementCount === 0) figure.append(quantity());
  const place = figure.firstElementChild;
  if (place instanceof HTMLElement) setQuantity(place, power(total.watts));
  const notes = [strings.now.members(total.members, total.of)];
  if (total.hasEstimate) notes.push(strings.now.estimated);
  setText(byId('total-note'), notes.join(' · '));
}

/**
 * Who draws how much of the total, as one bar in the colours of the PDUs.
 * @param {PDU[]} pdus
 */
export function renderShares(pdus) {
  const bar = byId('shares');
  const drawing = pdus.filter((pdu) => pdu.watts !== null && pdu.watts > 0);
  while (bar.childElementCount > drawing.length) bar.lastElementChild?.remove();
  drawing.forEach((pdu, index) => {
    const share = bar.children[index] ?? bar.appendChild(make('span'));
    share.className = `colour-${colourOf(pdu.id)}`;
    if (share instanceof HTMLElement) share.style.flexGrow = String(pdu.watts ?? 0);
  });
}

/**
 * How many PDUs are in chart and statistics.
 * @param {PDU[]} pdus
 * @param {number[] | null} selected
 */
export function renderSelection(pdus, selected) {
  setText(byId('selection'), pdus.length > 1 ? strings.now.selection(selected?.length ?? pdus.length, pdus.length) : '');
  show(byId('select-all'), selected !== null);
}

/** One PDU. */
class Card {
  /**
   * @param {number} id
   * @param {ViewStore} store
   */
  constructor(id, store) {
    this.checkbox = make('input', { type: 'checkbox', id: `include-${id}` });
    this.checkbox.addEventListener('change', () => {
      store.go(withPDU(store.view, id, this.checkbox.checked, [...cards.keys()]));
    });
    this.name = new ViewLink(store, (view) => withPage(view, id));
    this.stateIcon = icon('waiting');
    this.stateWord = make('span');
    this.state = make('p', { class: 'pill' }, this.stateIcon, ' ', this.stateWord);
    this.power = quantity('power');
    this.other = make('span', { class: 'other muted' });
    this.estimate = make('span', { class: 'badge', title: strings.pdu.estimateTitle }, strings.pdu.estimate);
    this.address = make('span', { class: 'address' });
    this.age = make('span', { class: 'age' });
    this.failureText = make('span');
    this.failure = make('p', { class: 'failure' }, icon('warning'), ' ', this.failureText);
    this.root = make('li', { class: `pdu panel colour-${colourOf(id)}` },
      make('div', { class: 'pdu-head' }, make('label', {}, this.checkbox), make('h3', {}, this.name.root), this.state),
      make('p', { class: 'pdu-power' }, this.power, this.other, this.estimate),
      this.failure,
      make('p', { class: 'pdu-foot muted' }, this.address, this.age));
  }

  /**
   * @param {PDU} pdu
   * @param {number} now
   * @param {boolean} isIncluded
   */
  render(pdu, now, isIncluded) {
    const words = strings.pdu;
    this.root.dataset.state = pdu.state;
    this.root.dataset.look = pdu.look;
    this.root.classList.toggle('excluded', !isIncluded);
    this.checkbox.checked = isIncluded;
    this.checkbox.setAttribute('aria-label', words.include(pdu.name));
    setText(this.name.root, pdu.name);
    this.name.point();
    this.state.dataset.kind = pdu.state;
    setIcon(this.stateIcon, STATE_ICONS[pdu.state]);
    setText(this.stateWord, pdu.isPolled ? words[pdu.state] : words.removed);
    this.renderPower(pdu);
    setText(this.address, pdu.address);
    setText(this.age, ageWords(pdu, now));
    show(this.failure, pdu.failure !== null);
    setText(this.failureText, failureWords(pdu));
    this.failure.title = pdu.failureDetail ?? '';
  }

  /** @param {PDU} pdu */
  renderPower(pdu) {
    setQuantity(this.power, lookOfPower(pdu));
    const isShown = pdu.look === 'measured' && pdu.watts !== null;
    setText(this.other, isShown ? otherUnit(pdu.watts ?? 0) : '');
    show(this.estimate, isShown && pdu.isEstimate);
  }
}

/** @param {PDU} pdu @returns {import('../format.js').Quantity} */
function lookOfPower(pdu) {
  if (pdu.look === 'measured') return power(pdu.watts);
  if (pdu.look === 'notMetered') return { value: strings.pdu.notMetered, unit: '' };
  if (pdu.look === 'off') return { value: strings.pdu.off, unit: '' };
  return { value: UNKNOWN, unit: '' };
}

/**
 * The same power in the other of W and kW.
 * @param {number} watts
 */
function otherUnit(watts) {
  const unit = power(watts).unit === 'kW' ? 'W' : 'kW';
  return text({ value: powerIn(watts, unit), unit });
}

/**
 * Why a PDU could not be read, in words; empty where it could.
 * @param {PDU} pdu
 */
export function failureWords({ failure }) {
  return failure === null ? '' : strings.failures[failure] ?? strings.failureUnknown(failure);
}

/**
 * How old its reading is.
 * @param {PDU} pdu
 * @param {number} now
 */
export function ageWords(pdu, now) {
  if (pdu.readAt === null) return strings.pdu.neverRead;
  const words = age(Math.max(0, (now - pdu.readAt) / 1000));
  return pdu.state === 'online' ? strings.pdu.reading(words) : strings.pdu.lastReading(words);
}
