// @ts-check
// The page of one PDU: its parts in their places, each made once and changed in place, so that a refresh moves nothing
// and takes no focus away.

import { limitsOf } from '../../charts/limits.js';
import { wordsOf } from '../../dashboard.js';
import { colourOfElement, paint } from '../../colours.js';
import { byId, icon, make, setAttribute, setText, show } from '../../dom.js';
import { toPart } from '../../elements.js';
import { settings } from '../../settings.js';
import { toPDU } from '../../status.js';
import { strings } from '../../strings.js';
import { editElement } from '../dialogs/open.js';
import { EventsView } from './events.js';
import { FiguresView } from './figures.js';
import { PDUHead } from './head.js';
import { LoadsView } from './loads.js';
import { nameOf } from './names.js';
import { OutletsView } from './outlets.js';
import { PollsView } from './polls.js';
import { SensorsView } from './sensors.js';

/** @typedef {import('../../elements.js').Kind} Kind */
/** @typedef {import('../../elements.js').Part} Part */
/** @typedef {import('../../pdu.js').PDUData} PDUData */
/** @typedef {import('../../pdu.js').Told<any>} Told */
/** @typedef {import('../../state.js').ViewStore} ViewStore */
/**
 * @typedef {object} PDUModel
 * @property {PDUData} data
 * @property {Record<string, any>[]} items every PDU, as `/api/current-status` names them
 * @property {import('../../api.js').Meta} meta
 * @property {import('../../time.js').SiteCalendar} calendar
 * @property {number} now
 * @property {boolean} isUnreachable whether a notice says already that the server is
 */

/** The sections of index.html that belong to one PDU alone. */
const SECTIONS = ['unit', 'outlets', 'sensors', 'events'];

/** The page of one PDU. */
export class PDUPage {
  /** @param {ViewStore} store */
  constructor(store) {
    this.store = store;
    /** @param {number} element */
    const onShow = (element) => {
      const isShown = store.view.element === element;
      store.go({ ...store.view, element: isShown ? null : element });
      if (!isShown) this.#lookAtChart();
    };
    this.head = new PDUHead(store);
    this.figures = new FiguresView();
    this.phases = new LoadsView(strings.loads.phases, onShow);
    this.banks = new LoadsView(strings.loads.banks, onShow);
    this.outlets = new OutletsView(onShow);
    this.sensors = new SensorsView();
    this.events = new EventsView('pdu');
    this.polls = new PollsView();
    this.edit = make('button', { type: 'button', class: 'quiet', hidden: true }, icon('edit'), ' ', strings.unit.edit);
    this.edit.addEventListener('click', () => this.shownID !== null && editElement({ id: this.shownID, name: this.deviceName, place: '' }));
    this.head.root.querySelector('.unit-title')?.append(this.edit);
    /** What the configuration calls it. */
    this.deviceName = '';
    this.note = make('p', { class: 'muted unit-note', hidden: true });
    this.head.root.append(this.note);
    this.missing = make('p', { hidden: true }, strings.unit.missingText);
    this.loads = make('div', { class: 'panel loads-panel' }, this.phases.root, this.banks.root);
    /** Where a section says that it could not be renewed.
     * @type {Record<string, HTMLElement>} */
    this.problems = {};
    for (const section of SECTIONS) {
      this.problems[section] = make('p', { class: 'notice inline', 'data-kind': 'error', hidden: true });
    }
    const { unit, outlets, sensors, events } = this.problems;
    byId('unit').append(this.head.root, this.missing, ...nodes(unit), this.figures.root, this.loads, this.polls.root);
    byId('outlets').append(this.#title('outlets', strings.outlets.title, this.outlets.summary), ...nodes(outlets), this.outlets.root);
    byId('sensors').append(this.#title('sensors', strings.sensors.title), ...nodes(sensors), this.sensors.root);
    byId('events').append(this.#title('events', strings.events.title), ...nodes(events), this.events.root);
    /** @type {number | null} */
    this.shownID = null;
  }

  /** @param {string} section @param {string} title @param {...Node} more */
  #title(section, title, ...more) {
    return make('div', { class: 'section-head' }, make('h2', { id: `${section}-title` }, title), ...more);
  }

  /**
   * The parts of the PDU that have a history of their own.
   * @param {PDUModel} model
   * @returns {{ outlets: Part[], phases: Part[], banks: Part[] }}
   */
  parts({ data, meta, now }) {
    const isOnline = data.detail.data !== null && this.#pdu(data.detail.data, meta, now).state === 'online';
    /** @param {Told} told @param {Kind} kind */
    const read = (told, kind) => (Array.isArray(told.data) ? told.data : []).map((item) => toPart(item, kind, isOnline));
    return { outlets: read(data.outlets, 'outlet'), phases: read(data.phases, 'phase'), banks: read(data.banks, 'bank') };
  }

  /** @param {Record<string, any>} detail @param {import('../../api.js').Meta} meta @param {number} now */
  #pdu(detail, meta, now) {
    return toPDU({ ...detail, current_power_watts: detail.power_watts }, meta, now);
  }

  /** Takes the page away. */
  hide() {
    this.shownID = null;
    for (const section of [...SECTIONS, 'parts']) show(byId(section), false);
    byId('main').classList.remove('of-pdu', 'without-parts');
  }

  /**
   * Shows what is known.
   * @param {PDUModel} model
   */
  render(model) {
    const { data, items, meta, calendar, now } = model;
    const id = data.id ?? 0;
    const detail = data.detail.data;
    const isNew = this.shownID !== id;
    if (isNew) this.#begin(id);
    const name = this.name(model);
    const pdu = detail ? this.#pdu(detail, meta, now) : null;
    /** @param {number} other */
    const nameOfPDU = (other) => settings.nameOf(other, String(items.find((item) => Number(item.id) === other)?.name ?? strings.unit.unnamed(other)));
    this.head.render({ name, pdu, detail: detail ?? {}, now, nameOfPDU });
    show(this.missing, data.isMissing);
    const isThere = data.isReady && !data.isMissing;
    byId('unit').classList.toggle('loading', !data.isReady);
    show(this.figures.root, isThere && pdu !== null);
    if (pdu && detail) this.figures.render(pdu, detail, calendar);
    const { element } = this.store.view;
    const { outlets, phases, banks } = this.parts(model);
    this.phases.render(phases, element);
    this.banks.render(banks, element);
    this.deviceName = this.#ownName(model);
    const note = settings.of(id).note;
    setText(this.note, note ?? '');
    show(this.note, note !== null);
    show(this.edit, !data.isMissing);
    // It keeps its place until it is known what people have set, so that nothing moves.
    this.edit.classList.toggle('unseen', !isThere || !settings.isKnown);
    for (const section of ['unit', 'outlets']) paint(byId(section), colourOfElement(id));
    show(this.loads, isThere && phases.length + banks.length > 0);
    this.outlets.render(outlets, { shown: element, pdu: name, calendar });
    const all = [...outlets, ...phases, ...banks];
    const sensors = Array.isArray(data.sensors.data) ? data.sensors.data : [];
    this.sensors.render(sensors, pdu?.state === 'online', now, name);
    const events = Array.isArray(data.events.data) ? data.events.data : [];
    this.polls.render(isThere ? data.polls.data : null, events, calendar);
    this.events.render(Array.isArray(data.events.data) ? data.events.data : null, calendar, now, (item) => {
      const part = all.find((one) => one.id === item.element_id);
      return part ? nameOf(part) : null;
    });
    this.#renderProblems(model);
    show(byId('outlets'), isThere && (outlets.length > 0 || data.outlets.problem !== null));
    show(byId('sensors'), isThere && (sensors.length > 0 || data.sensors.problem !== null));
    show(byId('events'), isThere);
    show(byId('parts'), !byId('outlets').hidden || !byId('sensors').hidden);
    byId('main').classList.toggle('without-parts', byId('parts').hidden);
  }

  /**
   * What people call it.
   * @param {PDUModel} model
   */
  name(model) {
    const id = model.data.id ?? 0;
    return model.data.isMissing ? strings.unit.missing(id) : settings.nameOf(id, this.#ownName(model));
  }

  /** What the configuration calls it. @param {PDUModel} model */
  #ownName({ data, items }) {
    const id = data.id ?? 0;
    return String(data.detail.data?.name ?? items.find((item) => Number(item.id) === id)?.name ?? strings.unit.unnamed(id));
  }

  /**
   * The name of the part whose history is shown; null where the whole is, or where it is not known.
   * @param {PDUModel} model
   * @returns {string | null}
   */
  elementName(model) {
    const { element } = this.store.view;
    return element === null ? null : this.partName(model, element);
  }

  /**
   * Above which power the load of what the chart shows is too high.
   * @param {PDUModel} model
   */
  limits(model) {
    const { outlets, phases, banks } = this.parts(model);
    const detail = model.data.detail.data;
    const volts = Number(detail?.voltage_volts) || (phases.find(({ volts: measured }) => measured !== null)?.volts ?? null);
    const { element } = this.store.view;
    const part = [...outlets, ...phases, ...banks].find(({ id }) => id === element);
    if (part) return limitsOf({ ...part, volts: part.volts ?? volts });
    if (element !== null || !detail) return [];
    // Amperes of several phases are not those of one conductor.
    const isOne = phases.length <= 1;
    return limitsOf({
      volts: isOne ? volts : null, warningAmperes: null, criticalAmperes: null,
      ratedAmperes: Number(detail.rated_current_amps) || null, ratedWatts: Number(detail.rated_power_watts) || null,
    });
  }

  /**
   * The name of a part; null where it is not known.
   * @param {PDUModel} model
   * @param {number} element
   * @returns {string | null}
   */
  partName(model, element) {
    const { outlets, phases, banks } = this.parts(model);
    const part = [...outlets, ...phases, ...banks].find(({ id }) => id === element);
    return part ? nameOf(part) : null;
  }

  /** @param {number} id */
  #begin(id) {
    this.shownID = id;
    this.outlets.reset();
    this.figures.reset();
    this.sensors.reset();
    this.events.reset();
    byId('main').classList.add('of-pdu');
    show(byId('unit'), true);
    window.scrollTo(0, 0);
  }

  /** @param {PDUModel} model */
  #renderProblems({ data, calendar, isUnreachable }) {
    const sections = { unit: [data.detail, data.phases, data.banks, data.polls], outlets: [data.outlets], sensors: [data.sensors], events: [data.events] };
    for (const [section, topics] of Object.entries(sections)) {
      const failed = data.isMissing || isUnreachable ? undefined : topics.find(({ problem }) => problem !== null);
      const place = this.problems[section];
      if (!place) continue;
      show(place, failed !== undefined);
      const time = failed?.at ? calendar.timeWithZone(failed.at) : null;
      setText(place, failed?.problem ? strings.notices.partFailed(wordsOf(failed.problem), time) : '');
    }
  }

  /** Brings the chart to where it is seen, for those who have pressed a name far from it. */
  #lookAtChart() {
    const { top, bottom } = byId('chart-title').getBoundingClientRect();
    if (top >= 0 && bottom <= window.innerHeight) return;
    byId('history').scrollIntoView({ block: 'start' });
    byId('chart-title').focus({ preventScroll: true });
  }

  /** Puts the focus on the name of the PDU, for those who have come here from another page. */
  focusName() {
    this.head.name.focus({ preventScroll: true });
  }

  /**
   * Puts the focus back on the name of a part, for those who come back from its history.
   * @param {number} element
   */
  focusPart(element) {
    const button = document.querySelector(`button.name[data-element="${element}"]`);
    if (button instanceof HTMLElement) button.focus();
  }
}

/** @param {Node | undefined} node */
function nodes(node) {
  return node ? [node] : [];
}
