// @ts-check
// Choosing the members of a group among all PDUs and their parts. What would count something twice cannot be chosen:
// beside a whole PDU none of its parts, beside parts of one kind none of another.

import { get } from '../../api.js';
import { asApiError, wordsOf } from '../../dashboard.js';
import { make, setText, show } from '../../dom.js';
import { settings } from '../../settings.js';
import { strings } from '../../strings.js';
import { unnamed } from '../who/name.js';

/** @typedef {import('../../choice.js').Kind} Kind */
/** @typedef {{ id: number, kind: Kind, number: number, name: string, pdu: string, pduID: number }} Candidate */

/** @type {Kind[]} */
const KINDS = ['pdu', 'outlet', 'bank', 'phase'];

/** Everything that can be a member, by PDU. */
export async function loadCandidates() {
  const end = new Date(Math.floor(Date.now() / 60_000) * 60_000);
  const start = new Date(end.getTime() - 3_600_000);
  const { signal } = new AbortController();
  const answers = await Promise.all(KINDS.map((kind) =>
    get(`api/consumers?kind=${kind}&start=${start.toISOString()}&end=${end.toISOString()}`, signal)));
  /** @type {Map<number, Candidate[]>} */
  const byPDU = new Map();
  for (const row of answers.flatMap(({ data }) => data?.rows ?? [])) {
    const [id, pduID] = [Number(row.element_id), Number(row.pdu_id)];
    const pdu = settings.nameOf(pduID, String(row.pdu ?? ''));
    const name = row.kind === 'pdu' ? pdu : settings.nameOf(id, row.name || unnamed(row.kind, Number(row.number)));
    byPDU.set(pduID, [...(byPDU.get(pduID) ?? []), { id, kind: row.kind, number: Number(row.number), name, pdu, pduID }]);
  }
  return byPDU;
}

/** The choice of members. */
export class MembersField {
  /** @param {number[]} chosen @param {() => void} onChange */
  constructor(chosen, onChange) {
    const words = strings.settings;
    this.chosen = new Set(chosen);
    this.onChange = onChange;
    this.isLocked = false;
    /** @type {Map<number, Candidate[]>} */
    this.candidates = new Map();
    /** The kind of what is chosen, by PDU. @type {Map<number, Kind>} */
    this.kinds = new Map();
    this.count = make('p', { class: 'muted', role: 'status' });
    this.search = make('input', { type: 'search', id: 'member-find', autocomplete: 'off' });
    this.search.addEventListener('input', () => this.#render());
    this.search.addEventListener('keydown', (event) => event.key === 'Enter' && event.preventDefault());
    this.list = make('div', { class: 'members', tabindex: '0', role: 'region', 'aria-label': words.candidates }, make('p', { class: 'muted' }, words.loading));
    this.root = make('fieldset', { class: 'field' }, make('legend', { class: 'shown' }, words.members), this.count,
      make('div', { class: 'field' }, make('label', { for: 'member-find' }, words.findMember), this.search), this.list);
    /** @type {Map<number, Unit>} */
    this.units = new Map();
  }

  async load() {
    try {
      this.candidates = await loadCandidates();
      this.list.replaceChildren();
      for (const [pduID, those] of this.candidates) {
        const unit = new Unit(those, (candidate, isChosen) => this.#choose(candidate, isChosen));
        this.units.set(pduID, unit);
        this.list.append(unit.root);
      }
      this.#render();
    } catch (error) {
      this.list.replaceChildren(make('p', { class: 'notice inline', 'data-kind': 'error' }, wordsOf(asApiError(error))));
    }
    this.#count();
  }

  /** @param {Candidate} candidate @param {boolean} isChosen */
  #choose({ id }, isChosen) {
    if (isChosen) this.chosen.add(id);
    else this.chosen.delete(id);
    this.onChange();
    this.#render();
  }

  #render() {
    const words = this.search.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const unit of this.units.values()) unit.render(this.chosen, words, this.isLocked);
    this.#count();
  }

  #count() {
    const known = new Set([...this.candidates.values()].flat().map(({ id }) => id));
    const gone = this.candidates.size > 0 ? [...this.chosen].filter((id) => !known.has(id)).length : 0;
    setText(this.count, strings.settings.memberCount(this.chosen.size) + (gone > 0 ? ` ${strings.settings.membersGone(gone)}` : ''));
  }
}

/** One PDU and its parts; they are made when it is opened first. */
class Unit {
  /** @param {Candidate[]} candidates @param {(candidate: Candidate, isChosen: boolean) => void} onChange */
  constructor(candidates, onChange) {
    this.candidates = [...candidates].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.number - b.number);
    this.onChange = onChange;
    this.name = make('span');
    this.hint = make('p', { class: 'muted' });
    this.list = make('ul', { role: 'list', 'aria-label': candidates[0]?.pdu ?? null });
    this.root = make('details', { class: 'unit' }, make('summary', {}, this.name), this.hint, this.list);
    /** @type {Map<number, { row: HTMLElement, box: HTMLInputElement }>} */
    this.rows = new Map();
    this.root.addEventListener('toggle', () => this.root.open && this.#make());
    /** @type {[Set<number>, string[], boolean]} */
    this.last = [new Set(), [], false];
  }

  #make() {
    if (this.rows.size > 0) return;
    for (const candidate of this.candidates) {
      const box = make('input', { type: 'checkbox' });
      box.addEventListener('change', () => this.onChange(candidate, box.checked));
      const { kind, number, name } = candidate;
      const words = kind === 'pdu' ? strings.settings.wholePDU : strings.settings.candidate(name, unnamed(kind, number));
      const row = make('li', {}, make('label', { class: 'check' }, box, ' ', words));
      this.rows.set(candidate.id, { row, box });
      this.list.append(row);
    }
    this.render(...this.last);
  }

  /** @param {Set<number>} chosen @param {string[]} words @param {boolean} isLocked */
  render(chosen, words, isLocked) {
    this.last = [chosen, words, isLocked];
    const own = this.candidates.filter(({ id }) => chosen.has(id));
    const pdu = this.candidates[0]?.pdu ?? '';
    const matches = this.candidates.filter(({ name, number, kind }) => {
      const text = `${name} ${pdu} ${unnamed(kind, number)}`.toLocaleLowerCase();
      return words.every((word) => text.includes(word));
    });
    show(this.root, matches.length > 0);
    if (words.length > 0 && matches.length > 0 && matches.length < 200) this.root.open = true;
    setText(this.name, own.length > 0 ? strings.settings.unitChosen(pdu, own.length) : pdu);
    const kind = own[0]?.kind ?? null;
    setText(this.hint, kind === null ? '' : strings.settings.onlyKind(kind));
    show(this.hint, kind !== null && this.candidates.some((one) => one.kind !== kind));
    const shown = new Set(matches.map(({ id }) => id));
    for (const candidate of this.candidates) {
      const row = this.rows.get(candidate.id);
      if (!row) continue;
      row.box.checked = chosen.has(candidate.id);
      row.box.disabled = isLocked || (kind !== null && candidate.kind !== kind);
      show(row.row, shown.has(candidate.id));
    }
  }
}
