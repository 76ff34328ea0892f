// @ts-check
// When to ask again: every 30 seconds, sooner with growing patience after a failure, not at all while nobody
// looks, at once when somebody looks again.

/** Between two successful refreshes, in milliseconds. */
export const INTERVAL = 30_000;

/** After the first, second… failure in a row, in milliseconds. */
const BACK_OFF = [5_000, 10_000, 20_000, 40_000, 60_000];

/**
 * How long to wait before the next refresh.
 * @param {number} failures in a row
 * @param {number | null} retryAfter seconds that the server asked for
 */
export function delay(failures, retryAfter) {
  if (failures === 0) return INTERVAL;
  const patience = BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? INTERVAL;
  return Math.min(Math.max(patience, (retryAfter ?? 0) * 1000), 5 * 60_000);
}

/** @typedef {{ isOk: boolean, retryAfter: number | null }} Outcome */

/** Calls `refresh` again and again while the page is visible. */
export class Refresher {
  /** @param {() => Promise<Outcome>} refresh */
  constructor(refresh) {
    this.refresh = refresh;
    this.failures = 0;
    this.timer = 0;
    this.turn = 0;
    document.addEventListener('visibilitychange', () => (document.hidden ? this.pause() : this.now()));
    addEventListener('online', () => this.now());
  }

  /** Refreshes at once, and from then on in time. */
  async now() {
    if (document.hidden) return;
    this.pause();
    const turn = this.turn;
    note('asking');
    const outcome = await this.refresh();
    if (turn !== this.turn) return;
    this.failures = outcome.isOk ? 0 : this.failures + 1;
    if (document.hidden) return;
    note('resting');
    this.timer = window.setTimeout(() => this.now(), delay(this.failures, outcome.retryAfter));
  }

  /** Does nothing until `now`. */
  pause() {
    note('paused');
    this.turn += 1;
    window.clearTimeout(this.timer);
  }
}

/** Says on the document what the page is doing, for who drives it. @param {'asking' | 'resting' | 'paused'} doing */
function note(doing) {
  document.documentElement.dataset.refresh = doing;
}
