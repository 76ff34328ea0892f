// @ts-check
// A small button beside an energy that says why it is what it is.

import { icon, make, show } from '../dom.js';
import { strings } from '../strings.js';
import { explain } from './dialogs/open.js';

/** @typedef {import('./dialogs/explain.js').Question} Question */

/** The button. */
export class WhyButton {
  /**
   * @param {Element | null} place beside which figure
   * @param {string} name of the figure
   */
  constructor(place, name) {
    /** @type {Question | null} */
    this.question = null;
    this.root = make('button', { type: 'button', class: 'bare why', 'aria-label': strings.explain.why(name), title: strings.explain.title, hidden: true }, icon('unknown'));
    this.root.addEventListener('click', () => this.question && explain(this.question));
    place?.append(this.root);
  }

  /** @param {Question | null} question null: there is no account of that */
  render(question) {
    this.question = question;
    show(this.root, question !== null);
  }
}
