// @ts-check
// Has the page kept, so that it opens while the server is away; and says when there is a newer one.

import { make } from './dom.js';
import { strings } from './strings.js';

/** How often a page that stays open looks for a newer one, in milliseconds. */
const INTERVAL = 3_600_000;

/** Listens, from the beginning: a newer page may be found before the page has anything else to do. */
export function hearOfNewPage() {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener('message', (event) => event.data === 'renewed' && sayRenewed());
}

/** Has the page kept, once it has nothing better to do. */
export async function keepPage() {
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  try {
    await serviceWorker.register('sw.js');
  } catch {
    // Not allowed here: the page then needs the server, as every page does.
    return;
  }
  let lookedAt = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || Date.now() - lookedAt < INTERVAL) return;
    lookedAt = Date.now();
    serviceWorker.controller?.postMessage('look');
  });
}

/** Says that there is a newer page, without taking away the one that somebody looks at. */
function sayRenewed() {
  const footer = document.querySelector('footer');
  if (!footer || footer.querySelector('.renewed')) return;
  const button = make('button', { type: 'button', class: 'quiet' }, strings.offline.reload);
  button.addEventListener('click', () => location.reload());
  footer.prepend(make('p', { class: 'renewed', role: 'status' }, strings.offline.renewed, ' ', button));
}
