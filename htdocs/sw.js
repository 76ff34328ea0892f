// @ts-check
/// <reference lib="webworker" />
// Keeps the page itself, so that it opens at once, and also while the server is away. It keeps no readings and answers no
// question about them: what is known from before is js/kept.js's, which says from when it is.
//
// The page is kept as a whole: a newer one is fetched in the background and takes the place of the kept one only when all
// of it is there. Which files it consists of is read out of the files themselves, so that no list can be wrong.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** Where everything lies: the address of the page. */
const SCOPE = new URL('./', worker.location.href);

/** Caches are shared by all that one host serves. */
const PREFIX = `pdu-monitor page ${SCOPE.pathname}`;

/** Names the cache of the whole page that is kept. */
const POINTER = `${PREFIX} current`;

/** Of files whose names carry their versions. */
const VENDOR = `${PREFIX} vendor`;

/** @type {Promise<void> | null} */
let looking = null;

worker.addEventListener('install', (event) => event.waitUntil(renew().then(() => worker.skipWaiting())));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('message', (event) => event.data === 'look' && event.waitUntil(renewOnce()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== SCOPE.origin || !url.pathname.startsWith(SCOPE.pathname)) return;
  const path = url.pathname.slice(SCOPE.pathname.length);
  if (path.startsWith('api/') || path === 'sw.js') return;
  if (path.startsWith('vendor/')) return event.respondWith(fromVendor(request));
  const isPage = path === '' || path === 'index.html';
  event.respondWith(fromPage(isPage ? SCOPE.href : `${SCOPE.href}${path}`, request));
  if (isPage) event.waitUntil(renewOnce());
});

/** @param {string} address @param {Request} request */
async function fromPage(address, request) {
  const name = await current();
  const kept = name === null ? undefined : await (await caches.open(name)).match(address);
  return kept ?? fetch(request);
}

/** @param {Request} request */
async function fromVendor(request) {
  const cache = await caches.open(VENDOR);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    for (const old of await cache.keys()) await cache.delete(old);
    await cache.put(request.url, answer.clone());
  }
  return answer;
}

/** The name of the cache of the whole page; null: none is kept yet. */
async function current() {
  const pointer = await (await caches.open(POINTER)).match(SCOPE.href);
  return pointer ? pointer.text() : null;
}

/** Looks for a newer page, unless that is being done. While the server is away there is none. */
async function renewOnce() {
  looking ??= renew().catch(() => {}).finally(() => (looking = null));
  await looking;
}

/** Keeps the page as the server has it now, if it differs from the one that is kept. */
async function renew() {
  const files = await wholePage();
  const name = `${PREFIX} ${await digest(files)}`;
  const before = await current();
  if (name === before) return;
  const cache = await caches.open(name);
  await Promise.all(files.map(({ address, answer }) => cache.put(address, answer)));
  await (await caches.open(POINTER)).put(SCOPE.href, new Response(name));
  // The one before is let be: somebody may have it open.
  for (const old of await caches.keys()) {
    if (old.startsWith(`${PREFIX} `) && ![name, before, POINTER, VENDOR].includes(old)) await caches.delete(old);
  }
  if (before === null) return;
  for (const client of await worker.clients.matchAll()) client.postMessage('renewed');
}

/** @typedef {{ address: string, answer: Response, text: string }} File */

/** Every file of the page, each found in one that names it. A file that cannot be had makes all of it fail. */
async function wholePage() {
  /** @type {Map<string, File>} */
  const found = new Map();
  let wanted = [SCOPE.href];
  while (wanted.length > 0) {
    const files = await Promise.all(wanted.map(fetched));
    for (const file of files) found.set(file.address, file);
    wanted = [...new Set(files.flatMap(named))].filter((address) => !found.has(address));
  }
  return [...found.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** @param {string} address @returns {Promise<File>} */
async function fetched(address) {
  const answer = await fetch(address, { cache: 'no-cache' });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  return { address, answer: answer.clone(), text: await answer.text() };
}

/**
 * The files that a file names: what a page links, what a module imports or asks for, now or later, what a manifest shows.
 * @param {File} file
 * @returns {string[]}
 */
function named({ address, text }) {
  const patterns = address === SCOPE.href ? /\b(?:href|src)="([^"#:]+)"/g
    : address.endsWith('.js') ? /\b(?:from|import)\s*\(?\s*'(\.[^']+)'|\bstyle\('([^']+)'\)/g : address.endsWith('.json') ? /"src": "([^"]+)"/g : null;
  if (patterns === null) return [];
  // A style sheet that a module asks for is named as seen from the page.
  return [...text.matchAll(patterns)].map((match) => new URL(match[1] ?? match[2] ?? '', match[2] ? SCOPE : address).href)
    .filter((found) => found.startsWith(SCOPE.href) && !['vendor/', 'api/'].some((other) => found.startsWith(`${SCOPE.href}${other}`)));
}

/** @param {File[]} files */
async function digest(files) {
  const all = new TextEncoder().encode(files.map(({ address, text }) => `${address}\n${text}`).join('\0'));
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
  return [...bytes.slice(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
