// @ts-check
// Links from one view to another: an address that can be opened anywhere, and no loading of the page where it is
// followed here.

import { make, setAttribute } from '../dom.js';

/** @typedef {import('../state.js').View} View */
/** @typedef {import('../state.js').ViewStore} ViewStore */

/** A link whose view is worked out when it is followed, since the period may have changed. */
export class ViewLink {
  /**
   * @param {ViewStore} store
   * @param {(view: View) => View} to from the view at that moment
   * @param {Record<string, string>} [attributes]
   */
  constructor(store, to, attributes = {}) {
    this.store = store;
    this.to = to;
    this.root = make('a', attributes);
    this.root.addEventListener('click', (event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      store.go(to(store.view));
    });
    this.point();
  }

  /** Gives the link the address that it leads to now. */
  point() {
    setAttribute(this.root, 'href', this.store.address(this.to(this.store.view)));
  }
}
