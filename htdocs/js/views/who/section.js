// @ts-check
// "Who uses it": bars and table of the consumers in the range that is shown, filters, and the file of just that.

import { wordsOf } from '../../dashboard.js';
import { KINDS, isFiltered } from '../../choice.js';
import { found, toConsumer, toResidual, totalOf } from '../../consumers.js';
import { csv, download } from '../../csv.js';
import { byId, icon, make, setAttribute, setText, show } from '../../dom.js';
import { settings } from '../../settings.js';
import { withPage } from '../../state.js';
import { strings } from '../../strings.js';
import { editElement, editGroups, explain } from '../dialogs/open.js';
import { HEIGHT_KEY } from './place.js';
import { WhoBars } from './bars.js';
import { WhoData, keyOf } from './data.js';
import { fileName, fileRows } from './file.js';
import { WhoFilters } from './filters.js';
import { unnamed } from './name.js';
import { WhoTable } from './table.js';

/** @typedef {import('../../choice.js').Choice} Choice */
/** @typedef {import('../../consumers.js').Consumer} Consumer */
/** @typedef {import('../../choice.js').Kind} Kind */
/** @typedef {import('./data.js').Range} Range */
/**
 * @typedef {object} WhoModel
 * @property {Range} range by the site's clocks
 * @property {Range | null} compared its same part of another time; null: nothing is compared
 * @property {string} rangeWords
 * @property {number[] | null} pdus null: every one
 * @property {number | null} pdu the one whose page is open
 * @property {import('../../time.js').SiteCalendar} calendar
 * @property {number} now the server's time
 * @property {number} interval seconds between polls
 * @property {boolean} isUnreachable whether a notice says already that the server is
 */

/** As old as that, and an answer says nothing of the present, in intervals. */
const FRESH_INTERVALS = 2.5;

/** The section. */
export class WhoSection {
  /**
   * @param {import('../../state.js').ViewStore} store
   * @param {() => number} now the server's time
   * @param {() => void} renew asks anew
   */
  constructor(store, now, renew) {
    this.store = store;
    this.isInSight = false;
    this.data = new WhoData(now);
    /** @type {WhoModel | null} */
    this.model = null;
    /** What is shown. @type {Consumer[]} */
    this.consumers = [];
    const to = (/** @type {import('../../state.js').View} */ view, /** @type {Consumer} */ one) => {
      // Of a group, its members.
      if (one.pduID === null) return { ...view, who: { ...view.who, kind: /** @type {Kind} */ ('outlet'), member: one.id } };
      const page = view.pdu === one.pduID ? view : withPage(view, one.pduID);
      return { ...page, element: one.kind === 'pdu' ? null : one.id };
    };
    this.bars = new WhoBars(store, to);
    this.table = new WhoTable({
      store, to,
      edit: (one) => (one.kind === 'group' ? editGroups(one.id) : editElement({ id: one.id, name: one.deviceName ?? unnamed(one.kind, one.number), place: one.pdu })),
      explain: (one) => this.model && explain({ subject: `${one.kind === 'group' ? 'group_ids' : 'element'}=${one.id}`, name: one.name, ...this.model.range }),
      sort: (sort, isDescending) => this.#choose({ sort, isDescending }, true),
    });
    this.filters = new WhoFilters((choice, isStep) => this.#choose(choice, isStep));
    this.kinds = make('fieldset', { class: 'periods kinds' }, make('legend', {}, strings.who.kind));
    this.problem = make('p', { class: 'notice inline', 'data-kind': 'error', hidden: true });
    this.message = make('p', { class: 'muted who-message', role: 'status' });
    this.count = make('p', { class: 'muted', id: 'who-count' });
    this.frame = make('div', { class: 'who-frame', role: 'region', tabindex: '0', 'aria-label': strings.who.table }, this.table.root);
    this.#build();
    settings.subscribe(() => {
      if (this.model) this.render(this.model);
      if (this.data.known?.kind === 'group') renew();
    });
    new IntersectionObserver((entries) => {
      this.isInSight = entries.some(({ isIntersecting }) => isIntersecting);
      const { known } = this.data;
      if (this.isInSight && known && this.model && now() - known.at > this.model.interval * 1000) renew();
    }, { rootMargin: '200px' }).observe(byId('who'));
  }

  #build() {
    const words = strings.who;
    for (const kind of KINDS) {
      const radio = make('input', { type: 'radio', name: 'who', value: kind, id: `who-kind-${kind}` });
      radio.addEventListener('change', () => this.#choose({ kind, bank: null, phase: null, state: null, ...(kind === 'group' ? { member: null, unit: null } : {}) }, true));
      this.kinds.append(make('span', { class: 'period' }, radio, make('label', { for: `who-kind-${kind}` }, words.kinds[kind] ?? kind)));
    }
    const groups = make('button', { type: 'button', class: 'quiet' }, icon('groups'), ' ', words.groups);
    groups.addEventListener('click', () => editGroups(null));
    this.save = make('button', { type: 'button', class: 'quiet' }, icon('download'), ' ', words.download);
    this.save.addEventListener('click', () => this.#download());
    byId('who-title').after(this.count, this.kinds, groups, this.save);
    byId('who').append(
      this.problem, this.filters.root, this.message, make('div', { class: 'who-body' }, this.bars.root, this.frame));
  }

  /** @param {Partial<Choice>} choice @param {boolean} isStep */
  #choose(choice, isStep) {
    const view = { ...this.store.view, who: { ...this.store.view.who, ...choice } };
    if (isStep) this.store.go(view);
    else this.store.correct(view);
  }

  /** What is chosen, as far as it has a meaning: on the page of a PDU there are its parts and nothing else. @param {WhoModel} model @returns {Choice} */
  #choice({ pdu }) {
    const { who } = this.store.view;
    if (pdu === null) return who;
    return { ...who, unit: null, kind: who.kind === 'pdu' || who.kind === 'group' ? null : who.kind };
  }

  /** The model's question. @param {WhoModel} model */
  #question(model) {
    const { range, compared, pdus, pdu } = model;
    return { kind: this.#choice(model).kind, range, compared, pdus: pdu === null ? pdus : [pdu] };
  }

  /**
   * Asks for what `model` shows. What is known of it already is renewed only where it is in sight, since it is the largest
   * of all answers.
   * @param {WhoModel} model
   */
  async load(model) {
    const question = this.#question(model);
    if (question.pdus?.length === 0) return;
    const isKnown = this.data.known?.key === keyOf(question) && this.data.problem === null;
    if (isKnown && !this.isInSight && question.kind !== 'group') return;
    await this.data.load(question);
  }

  /** What people call an element; null where it is not listed. @param {number} id */
  nameOf(id) {
    return this.consumers.find((one) => one.id === id && one.kind !== 'group')?.name ?? null;
  }

  /** Whether there is an answer to what is asked. */
  get isLoaded() {
    return this.model !== null && this.data.known?.key === keyOf(this.#question(this.model));
  }

  /** @param {WhoModel} model */
  render(model) {
    this.model = model;
    const { known, problem } = this.data;
    const choice = this.#choice(model);
    const isNone = this.#question(model).pdus?.length === 0;
    const kind = known && (this.isLoaded || choice.kind === null) ? known.kind : choice.kind;
    for (const radio of this.kinds.querySelectorAll('input')) {
      radio.checked = radio.value === kind;
      // Of one PDU there is no sense in comparing PDUs.
      if (radio.parentElement) show(radio.parentElement, model.pdu === null || !['pdu', 'group'].includes(radio.value));
    }
    const words = strings.who;
    setText(this.problem, problem && !model.isUnreachable ? wordsOf(problem) : '');
    show(this.problem, problem !== null && !model.isUnreachable);
    setAttribute(byId('who'), 'aria-busy', String(!this.isLoaded && !problem && !isNone));
    byId('who').classList.toggle('old', known !== null && !this.isLoaded && !isNone);
    if (!known || isNone) {
      this.#renderMessage(isNone ? strings.chart.none : problem ? '' : words.loading);
      return;
    }
    const all = this.#read(known, model);
    const those = found(all, choice);
    this.consumers = those;
    this.filters.render(choice, all, model.pdu !== null);
    const isSum = known.kind !== 'group' || !this.#overlap(known);
    const residual = isFiltered({ ...choice, unit: null }) || !isSum ? [] : this.#residual(known, choice.unit);
    setText(this.count, all.length === 0 ? '' : words.count(those.length, all.length));
    this.bars.render(those, this.#rest(residual), model.pdu !== null);
    const caption = words.caption(words.kinds[known.kind] ?? '', model.rangeWords, model.calendar.zone) + (isSum ? '' : ` ${words.overlap}`);
    this.table.render(those, {
      choice, key: `${known.key} ${JSON.stringify({ ...choice, sort: 0, isDescending: 0 })}`, isCompared: known.before !== null, isOfOne: model.pdu !== null, residual, isSum, caption,
      calendar: model.calendar,
    });
    const isEmpty = known.kind === 'group' ? words.noGroups : words.none(words.kinds[known.kind] ?? '');
    this.#renderMessage(those.length > 0 ? '' : all.length > 0 ? words.nothingFound : isEmpty);
    show(this.save, those.length > 0);
    if (this.isLoaded) this.#remember();
  }

  /** @param {string} message in place of bars and table; empty: they are shown, if there is anything to show */
  #renderMessage(message) {
    const isShown = message === '' && this.data.known !== null;
    setText(this.message, message);
    show(this.message, message !== '');
    show(this.frame, isShown);
    show(this.bars.root, isShown);
    show(this.filters.root, this.data.known !== null);
    if (!isShown) show(this.save, false);
  }

  /** @param {import('./data.js').Known} known @param {WhoModel} model @returns {Consumer[]} */
  #read(known, { now, interval }) {
    const isNow = now - known.at <= FRESH_INTERVALS * interval * 1000;
    /** @type {Map<number, number[]>} */
    const groups = new Map();
    for (const { id, elements } of settings.groups) for (const element of elements) groups.set(element, [...(groups.get(element) ?? []), id]);
    const isGroup = known.kind === 'group';
    return known.rows.map((row) => {
      const id = Number(row.element_id ?? row.id);
      const group = settings.groups.find((one) => isGroup && one.id === id);
      const own = isGroup ? { label: group?.name ?? null, note: group?.description ?? null, colour: null } : settings.of(id);
      // A part is in a group as well where its whole PDU is.
      const of = isGroup ? [] : [...new Set([...(groups.get(id) ?? []), ...(groups.get(Number(row.pdu_id)) ?? [])])];
      const pdu = settings.nameOf(Number(row.pdu_id), String(row.pdu ?? ''));
      return toConsumer(isGroup ? withSumNames(row) : { ...row, pdu }, isGroup ? withSumNames(known.before?.get(id)) : known.before?.get(id), { own, groups: of, isNow, unnamed });
    });
  }

  /** What lies between units and parts; that of which it is not known is one row, with NaN. @param {import('./data.js').Known} known @param {number | null} unit @returns {import('./bars.js').Rest[]} */
  #residual(known, unit) {
    const words = strings.who;
    if (known.kind === 'group') {
      const kwh = known.whole === null ? 0 : known.whole - known.rows.reduce((sum, row) => sum + (row.kwh ?? 0), 0);
      return kwh > 0 ? [{ name: words.noGroup, kwh, before: null, share: kwh / (known.whole ?? kwh) }] : [];
    }
    const rows = toResidual(known.residual).filter(({ pduID }) => unit === null || pduID === unit);
    const whole = rows.reduce((sum, one) => sum + (one.unit ?? 0), 0);
    const nameOf = (/** @type {number} */ id) => settings.nameOf(id, String(known.rows.find((row) => Number(row.pdu_id) === id)?.pdu ?? strings.unit.unnamed(id)));
    const kind = words.kinds[known.kind] ?? '';
    const unknown = rows.filter(({ kwh }) => kwh === null);
    return [
      ...rows.flatMap(({ pduID, kwh }) => (kwh === null ? [] : [{
        name: words.residual(nameOf(pduID), kind), kwh, before: null, share: whole <= 0 ? null : kwh / whole,
      }])),
      ...(unknown.length > 0 ? [{
        name: words.residualUnknown(unknown.length === 1 ? nameOf(unknown[0]?.pduID ?? 0) : words.pdus(unknown.length), kind),
        kwh: NaN, before: null, share: null,
      }] : []),
    ];
  }

  /** All that lies between units and parts, as one bar. @param {import('./bars.js').Rest[]} residual */
  #rest(residual) {
    const those = residual.filter(({ kwh }) => !Number.isNaN(kwh));
    if (those.length === 0) return null;
    const share = those.reduce((sum, one) => sum + (one.share ?? 0), 0);
    return { name: this.data.known?.kind === 'group' ? strings.who.noGroup : strings.who.residualBar, kwh: those.reduce((sum, { kwh }) => sum + kwh, 0), before: null, share };
  }

  /** Whether groups have something in common, so that they cannot be added. @param {import('./data.js').Known} known */
  #overlap({ rows, whole }) {
    const all = settings.groups.flatMap(({ elements }) => elements);
    const sum = rows.reduce((kwh, row) => kwh + (row.kwh ?? 0), 0);
    // A whole PDU in one and a part of it in another shows in what they come to.
    return new Set(all).size < all.length || (whole !== null && sum > whole * 1.005);
  }

  #download() {
    const { known } = this.data;
    if (!known || !this.model) return;
    const consumers = this.table.inOrder(this.consumers);
    const choice = this.#choice(this.model);
    const isSum = known.kind !== 'group' || !this.#overlap(known);
    const residual = isFiltered({ ...choice, unit: null }) || !isSum ? [] : this.#residual(known, choice.unit);
    const total = isSum ? totalOf(consumers) : null;
    download(fileName(known), csv(fileRows(known, consumers, residual, total, this.model.calendar)));
  }

  #remember() {
    byId('who').style.minHeight = '';
    try {
      localStorage.setItem(HEIGHT_KEY, String(Math.min(Math.round(byId('who').offsetHeight), 1200)));
    } catch {
      // Without storage the next visit keeps less room.
    }
  }
}

/** The sum of a group with the names that consumers have. @param {Record<string, any> | undefined} sum */
function withSumNames(sum) {
  return sum ? { ...sum, max_power_at: sum.max_power_at ?? null } : undefined;
}
