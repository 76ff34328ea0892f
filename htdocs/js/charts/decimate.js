// @ts-check
// Lines and bands of many points, as few as the screen can show: of each column of pixels the first and last point and
// the highest and lowest, so that no peak is lost. Pure.

/** @typedef {{ x: (number | null)[], y: (number | null)[] }} Points null: the line is broken there */

/** Half the width of the band over a bucket with gaps on both sides. */
const LONE_HALF_WIDTH = 0.3;

/**
 * The points of a line over positions 0, 1, 2…; broken where a value is null.
 * @param {(number | null)[]} values
 * @param {number} columns of pixels there are
 * @returns {Points}
 */
export function decimated(values, columns) {
  const size = Math.max(1, Math.ceil(values.length / Math.max(columns, 1)));
  if (size <= 2) return { x: values.map((_, index) => index), y: values };
  /** @type {Points} */
  const points = { x: [], y: [] };
  for (let start = 0; start < values.length; start += size) {
    for (const index of chosen(values, start, Math.min(start + size, values.length))) {
      points.x.push(index);
      points.y.push(values[index] ?? null);
    }
  }
  return points;
}

/**
 * Which of the values from `start` up to `end` are kept, in their order; of a gap one null.
 * @param {(number | null)[]} values @param {number} start @param {number} end
 */
function chosen(values, start, end) {
  /** @type {Set<number>} */
  const kept = new Set();
  let [low, high, gap, first, last] = [-1, -1, -1, -1, -1];
  for (let index = start; index < end; index += 1) {
    const value = values[index] ?? null;
    if (value === null) {
      gap = index;
      continue;
    }
    if (first < 0) first = index;
    last = index;
    if (low < 0 || value < (values[low] ?? 0)) low = index;
    if (high < 0 || value > (values[high] ?? 0)) high = index;
  }
  for (const index of [first, low, high, last, gap]) if (index >= 0) kept.add(index);
  return [...kept].sort((a, b) => a - b);
}

/**
 * The outline of the band between lows and highs: one closed polygon for each run of buckets that have both, parted by
 * nulls. A bucket alone between gaps gets a narrow one.
 * @param {(number | null)[]} lows @param {(number | null)[]} highs of positions 0, 1, 2…
 * @param {number} columns of pixels there are
 * @returns {Points}
 */
export function bandOutline(lows, highs, columns) {
  const size = Math.max(1, Math.ceil(lows.length / Math.max(columns, 1)));
  /** @type {Points} */
  const outline = { x: [], y: [] };
  /** @type {{ x: number, low: number, high: number }[]} */
  let run = [];
  const finish = () => {
    if (run.length === 0) return;
    const [only] = run;
    const points = run.length > 1 || !only ? run
      : [-LONE_HALF_WIDTH, LONE_HALF_WIDTH].map((step) => ({ ...only, x: only.x + step }));
    if (outline.x.length > 0) {
      outline.x.push(null);
      outline.y.push(null);
    }
    const back = [...points].reverse();
    outline.x.push(...points.map(({ x }) => x), ...back.map(({ x }) => x));
    outline.y.push(...points.map(({ high }) => high), ...back.map(({ low }) => low));
    run = [];
  };
  for (let start = 0; start < lows.length; start += size) {
    /** @type {{ x: number, low: number, high: number } | null} */
    let column = null;
    for (let index = start; index < Math.min(start + size, lows.length); index += 1) {
      const [low, high] = [lows[index] ?? null, highs[index] ?? null];
      if (low === null || high === null) {
        if (column) run.push(column);
        column = null;
        finish();
      } else if (column) {
        column.low = Math.min(column.low, low);
        column.high = Math.max(column.high, high);
      } else {
        column = { x: index, low, high };
      }
    }
    if (column) run.push(column);
  }
  finish();
  return outline;
}
