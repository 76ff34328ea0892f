// @ts-check
// The last answers of the server, kept on this device for the time when it is away. They are asked for on purpose, by a
// signal made here, and always say from when they are: an answer that is kept is never taken for one that is new.

/** @typedef {{ body: any, at: number, serverAhead: number }} Kept `at` is this device's time */

/** Caches are shared by all that one host serves. */
const NAME = `pdu-monitor answers ${new URL('./', document.baseURI).pathname}`;

/** How many are kept. */
const MOST = 60;

/** How often one is written, in milliseconds. */
const INTERVAL = 60_000;

/** When each was written last, in the order in which they were. @type {Map<string, number>} */
const written = new Map();

/** @type {WeakSet<AbortSignal>} */
const signals = new WeakSet();

/** A signal for requests that are to be answered by what is kept, and not by the server. */
export function keptSignal() {
  const { signal } = new AbortController();
  signals.add(signal);
  return signal;
}

/** @param {AbortSignal} signal */
export function isForKept(signal) {
  return signals.has(signal);
}

/**
 * Keeps an answer. Without storage, or without a secure connection, nothing is kept.
 * @param {string} address
 * @param {any} body
 * @param {number} serverAhead
 */
export async function keep(address, body, serverAhead) {
  const now = Date.now();
  if (typeof caches === 'undefined' || now - (written.get(address) ?? -Infinity) < INTERVAL) return;
  written.delete(address);
  written.set(address, now);
  try {
    const cache = await caches.open(NAME);
    await cache.put(address, new Response(JSON.stringify({ body, at: now, serverAhead })));
    if (written.size <= MOST) return;
    for (const old of [...written.keys()].slice(0, written.size - MOST)) written.delete(old);
    const all = await cache.keys();
    for (const old of all.slice(0, Math.max(0, all.length - MOST))) await cache.delete(old);
  } catch {
    // A full disk costs what would have been kept, and nothing else.
  }
}

/**
 * What is kept of an address; null: nothing.
 * @param {string} address
 * @returns {Promise<Kept | null>}
 */
export async function kept(address) {
  if (typeof caches === 'undefined') return null;
  try {
    const found = await (await caches.open(NAME)).match(address);
    return found ? await found.json() : null;
  } catch {
    return null;
  }
}
