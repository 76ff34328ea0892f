// @ts-check
// What people have set in the browser: groups, labels, notes, colours. Asks for it, has it changed, and tells those who
// want to know. A label is what people see in place of the device's name; nothing here touches the history.

import { ApiError, change, get } from './api.js';
import { useColours } from './colours.js';
import { keptSignal } from './kept.js';

/**
 * @typedef {object} Group
 * @property {number} id
 * @property {string} name
 * @property {string | null} colour
 * @property {string | null} description
 * @property {number[]} elements the ids of its members
 */
/** @typedef {{ label: string | null, note: string | null, colour: string | null }} Own what is set of one element */

/** @type {Own} */
const NOTHING = { label: null, note: null, colour: null };

/** The settings, and the requests that renew and change them. */
export class Settings {
  constructor() {
    /** Whether the server has answered once. */
    this.isKnown = false;
    this.mayWrite = false;
    /** @type {number | string | null} */
    this.revision = null;
    /** @type {Group[]} */
    this.groups = [];
    /** @type {Map<number, Own>} */
    this.elements = new Map();
    /** What the server says is wrong with its store; null: nothing. @type {string | null} */
    this.trouble = null;
    /** Why there is no newer answer. @type {ApiError | null} */
    this.problem = null;
    this.request = new AbortController();
    this.told = '';
    /** @type {(() => void)[]} */
    this.listeners = [];
  }

  /** @param {() => void} listener called after each change */
  subscribe(listener) {
    this.listeners.push(listener);
  }

  /** Asks for the settings. A server that does not have any is one where nothing is set. */
  async load() {
    this.request.abort();
    const { signal } = (this.request = new AbortController());
    try {
      this.#take((await get('api/settings', signal)).data ?? {});
      this.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = error instanceof ApiError ? error : new ApiError('unintelligible');
      if (!this.isKnown) await get('api/settings', keptSignal()).then(({ data }) => this.#take({ ...data, may_write: false }), () => {});
    }
  }

  /** @param {Record<string, any>} data */
  #take(data) {
    const told = JSON.stringify(data);
    if (told === this.told) return;
    this.told = told;
    this.isKnown = true;
    this.mayWrite = data.may_write === true;
    this.revision = data.revision ?? null;
    this.trouble = typeof data.problem === 'string' ? data.problem : null;
    const groups = Array.isArray(data.groups) ? data.groups : [];
    const elements = Array.isArray(data.elements) ? data.elements : [];
    this.groups = groups.map(toGroup);
    this.elements = new Map(elements.map((/** @type {any} */ one) => [
      Number(one.element_id), { label: textOf(one.label), note: textOf(one.note), colour: textOf(one.colour) },
    ]));
    useColours({ elements, groups });
    this.listeners.forEach((listener) => listener());
  }

  /**
   * What is set of an element.
   * @param {number} id
   */
  of(id) {
    return this.elements.get(id) ?? NOTHING;
  }

  /**
   * What people call an element: its label; without one, `name`.
   * @param {number} id
   * @param {string} name
   */
  nameOf(id, name) {
    return this.of(id).label ?? name;
  }

  /**
   * Stores a group, a new one where it has no id.
   * @param {Omit<Group, 'id'> & { id: number | null }} group
   * @param {number | string | null} [revision] what it is a change of: null whatever there is by now
   */
  async saveGroup({ id, name, colour, description, elements }, revision = this.revision) {
    const body = { name, colour, description, element_ids: elements };
    await (id === null ? this.#change('POST', 'api/groups', body, revision) : this.#change('PUT', `api/groups/${id}`, body, revision));
  }

  /** @param {number} id @param {number | string | null} [revision] */
  async removeGroup(id, revision = this.revision) {
    await this.#change('DELETE', `api/groups/${id}`, {}, revision);
  }

  /** @param {number} id @param {Own} own @param {number | string | null} [revision] */
  async saveElement(id, own, revision = this.revision) {
    await this.#change('PUT', `api/elements/${id}`, { ...own }, revision);
  }

  /**
   * @param {'POST' | 'PUT' | 'DELETE'} method @param {string} address @param {Record<string, unknown>} body
   * @param {number | string | null} revision
   */
  async #change(method, address, body, revision) {
    const { signal } = new AbortController();
    await change(method, address, revision === null ? body : { ...body, revision }, signal);
    await this.load();
  }
}

/** The settings of this page. */
export const settings = new Settings();

/** @param {any} group @returns {Group} */
function toGroup(group) {
  return {
    id: Number(group.id), name: String(group.name ?? ''), colour: textOf(group.colour), description: textOf(group.description),
    elements: Array.isArray(group.element_ids) ? group.element_ids.map(Number) : [],
  };
}

/** @param {unknown} value @returns {string | null} */
function textOf(value) {
  return typeof value === 'string' && value !== '' ? value : null;
}
