// @ts-check
// The place of "Who uses it" until it is there: it stands below the fold, so it is fetched after what stands above it.

import { byId, make, setText, show, style } from '../../dom.js';
import { strings } from '../../strings.js';

/** Where its height is kept from one visit to the next, so that nothing below moves. */
export const HEIGHT_KEY = 'pdu-monitor.who';

/** @typedef {import('./section.js').WhoSection} WhoSection */

/** Keeps its place. */
export function keepPlace() {
  byId('who').style.minHeight = `${remembered()}px`;
}

function remembered() {
  try {
    return Math.min(Number(localStorage.getItem(HEIGHT_KEY)) || 320, 1200);
  } catch {
    return 320;
  }
}

/**
 * Fetches it; null where that fails, which is said in its place.
 * @param {import('../../state.js').ViewStore} store
 * @param {() => number} now the server's time
 * @param {() => void} renew asks anew
 * @returns {Promise<WhoSection | null>}
 */
export async function fetchWho(store, now, renew) {
  const failed = document.getElementById('who-failed') ?? byId('who').appendChild(make('p', { id: 'who-failed', class: 'muted', hidden: true }));
  try {
    const [{ WhoSection }] = await Promise.all([import('./section.js'), style('css/who.css')]);
    failed.remove();
    return new WhoSection(store, now, renew);
  } catch (error) {
    console.warn(error);
    setText(failed, strings.dialogs.failed);
    show(failed, true);
    return null;
  }
}
