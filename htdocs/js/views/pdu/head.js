// @ts-check
// Which PDU this is and how it is: name, status with its age, and what it says of itself.

import { icon, make, setAttribute, setIcon, setText, show } from '../../dom.js';
import { measure, text } from '../../format.js';
import { withPage } from '../../state.js';
import { strings } from '../../strings.js';
import { ViewLink } from '../link.js';
import { ageWords, failureWords, STATE_ICONS } from '../pdus.js';

/** @typedef {import('../../state.js').ViewStore} ViewStore */
/** @typedef {import('../../status.js').PDU} PDU */

/** The top of the page of one PDU. */
export class PDUHead {
  /** @param {ViewStore} store */
  constructor(store) {
    this.store = store;
    this.back = new ViewLink(store, (view) => withPage(view, null), { class: 'back' });
    this.back.root.append(icon('back'), ' ', strings.unit.back);
    this.name = make('h2', { id: 'unit-name', tabindex: '-1' });
    this.stateIcon = icon('waiting');
    this.stateWord = make('span');
    this.state = make('p', { class: 'pill' }, this.stateIcon, ' ', this.stateWord);
    this.age = make('p', { class: 'muted age' });
    this.failureText = make('span');
    this.failureDetail = make('span', { class: 'muted' });
    this.failure = make('p', { class: 'failure', hidden: true }, icon('warning'),
      make('span', {}, this.failureText, ' ', this.failureDetail));
    this.identity = make('dl', { class: 'identity', 'aria-label': strings.unit.identity });
    /** The rows of `identity` that are there, by label: what they say, and the node that says it.
     * @type {Map<string, { told: string, value: HTMLElement, links: ViewLink[] }>} */
    this.rows = new Map();
    this.root = make('div', { class: 'unit-head' }, make('nav', {}, this.back.root),
      make('div', { class: 'unit-title' }, this.name, this.state, this.age), this.failure, this.identity);
  }

  /**
   * @param {object} model
   * @param {string} model.name
   * @param {PDU | null} model.pdu null while nothing is known
   * @param {Record<string, any>} model.detail
   * @param {number} model.now
   * @param {(id: number) => string} model.nameOfPDU
   */
  render({ name, pdu, detail, now, nameOfPDU }) {
    this.back.point();
    setText(this.name, name);
    show(this.state, pdu !== null);
    if (pdu) {
      setAttribute(this.state, 'data-kind', pdu.state);
      setIcon(this.stateIcon, STATE_ICONS[pdu.state]);
      setText(this.stateWord, pdu.isPolled ? strings.pdu[pdu.state] : strings.pdu.removed);
    }
    setText(this.age, pdu ? ageOf(pdu, detail, now) : '');
    show(this.failure, pdu !== null && pdu.failure !== null);
    if (pdu) setAttribute(this.failure, 'data-kind', pdu.state);
    setText(this.failureText, pdu ? failureWords(pdu) : '');
    setText(this.failureDetail, pdu?.failureDetail ?? '');
    this.#renderIdentity(detail, nameOfPDU);
  }

  /** @param {Record<string, any>} detail @param {(id: number) => string} nameOfPDU */
  #renderIdentity(detail, nameOfPDU) {
    const words = strings.unit;
    const host = Number(detail.host_id ?? NaN);
    const linked = Array.isArray(detail.linked_ids) ? detail.linked_ids.map(Number) : [];
    /** @type {[string, string, number[]][]} label, text, and PDUs that it leads to */
    const rows = [
      [words.vendor, textOf(detail.vendor), []], [words.model, textOf(detail.model), []],
      [words.serial, textOf(detail.serial), []], [words.firmware, textOf(detail.firmware), []],
      [words.address, textOf(detail.address) || textOf(detail.ip), []], [words.profile, textOf(detail.profile), []],
      [words.deviceName, detail.device_name === detail.name ? '' : textOf(detail.device_name), []],
      [words.host, Number.isNaN(host) || typeof detail.unit !== 'number' ? '' : words.hostUnit(detail.unit),
        Number.isNaN(host) ? [] : [host]],
      [words.linked, '', linked],
    ];
    for (const [label, value, ids] of rows) this.#setRow(label, value, ids, nameOfPDU);
  }

  /** @param {string} label @param {string} value @param {number[]} ids @param {(id: number) => string} nameOfPDU */
  #setRow(label, value, ids, nameOfPDU) {
    const told = JSON.stringify([value, ids.map((id) => [id, nameOfPDU(id)])]);
    const isThere = value !== '' || ids.length > 0;
    let row = this.rows.get(label);
    if (!row) {
      row = { told: '', value: make('dd'), links: [] };
      this.rows.set(label, row);
      this.identity.append(make('div', { hidden: true }, make('dt', {}, label), row.value));
    }
    if (row.value.parentElement) show(row.value.parentElement, isThere);
    if (row.told !== told) {
      row.told = told;
      row.links = ids.map((id) => {
        const link = new ViewLink(this.store, (view) => withPage(view, id));
        link.root.append(nameOfPDU(id));
        return link;
      });
      const links = row.links.flatMap((link, index) => (index === 0 ? [link.root] : [', ', link.root]));
      row.value.replaceChildren(...links, ...(value ? [links.length > 0 ? ` ${value}` : value] : []));
    }
    for (const link of row.links) link.point();
  }
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === 'string' ? value : '';
}

/** @param {PDU} pdu @param {Record<string, any>} detail @param {number} now */
function ageOf(pdu, detail, now) {
  const latency = pdu.state === 'online' ? text(measure(detail.latency_ms, 'ms', 0)) : '';
  const words = ageWords(pdu, now);
  return latency && typeof detail.latency_ms === 'number' ? `${words} · ${strings.unit.latency(latency)}` : words;
}
