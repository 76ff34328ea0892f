// @ts-check
// What a consumer is called where it stands, and the way to its history.

import { make, setAttribute, setText } from '../../dom.js';
import { strings } from '../../strings.js';
import { ViewLink } from '../link.js';

/** @typedef {import('../../consumers.js').Consumer} Consumer */
/** @typedef {import('../../state.js').View} View */

/**
 * What one without a name is called.
 * @param {import('../../choice.js').Kind} kind
 * @param {number} n
 */
export function unnamed(kind, n) {
  if (kind === 'phase') return strings.loads.phase(n);
  return kind === 'bank' ? strings.loads.bank(n) : strings.outlets.outlet(n);
}

/**
 * Where it is: "Left PDU · 3", or "Outlet 3" where all are of one PDU; "12 members"; empty of a PDU.
 * @param {Consumer} consumer
 * @param {boolean} isOfOne
 */
export function placeWords({ kind, pdu, number, members, name }, isOfOne) {
  if (kind === 'group') return strings.who.members(members ?? 0);
  if (isOfOne && kind !== 'pdu') return name === unnamed(kind, number) ? '' : unnamed(kind, number);
  return kind === 'pdu' ? '' : `${pdu}\u00a0·\u00a0${strings.who.shortKinds[kind] ?? ''}${number}`;
}

/** A link to the history of one alone. */
export class ConsumerLink {
  /** @param {import('../../state.js').ViewStore} store @param {(view: View, consumer: Consumer) => View} to */
  constructor(store, to) {
    /** @type {Consumer | null} */
    this.consumer = null;
    this.link = new ViewLink(store, (view) => (this.consumer ? to(view, this.consumer) : view), { class: 'who-link' });
    this.root = this.link.root;
  }

  /** @param {Consumer} consumer */
  render(consumer) {
    this.consumer = consumer;
    setText(this.root, consumer.name);
    const isRenamed = consumer.deviceName !== null && consumer.deviceName !== consumer.name;
    setAttribute(this.root, 'title', isRenamed ? strings.who.onDevice(consumer.deviceName ?? '') : null);
    this.link.point();
  }
}

/** The colour of something, for the eye. */
export function swatch() {
  return make('span', { class: 'swatch', 'aria-hidden': 'true' });
}
