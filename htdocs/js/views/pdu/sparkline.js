// @ts-check
// A day in the height of a line of text: mean power by the hour, from 0 up. An hour without readings is a gap; what it
// says to the eye, its label says in words.

import { draw, setAttribute } from '../../dom.js';
import { isKnown, power, text } from '../../format.js';
import { strings } from '../../strings.js';

/** The box that the lines are drawn in; the picture is stretched to the size that css/pdu.css gives it. */
const WIDTH = 96;
const HEIGHT = 24;
/** Kept free above and below, so that the stroke is not cut. */
const MARGIN = 2;

/** One sparkline, changed in place. */
export class Sparkline {
  constructor() {
    this.area = draw('path', { class: 'area' });
    this.line = draw('path', { class: 'line' });
    this.root = draw('svg', {
      class: 'sparkline', role: 'img', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none',
    }, this.area, this.line);
  }

  /** @param {(number | null)[]} hourly watts, the oldest first */
  render(hourly) {
    const { line, area } = pathsOf(hourly);
    setAttribute(this.line, 'd', line);
    setAttribute(this.area, 'd', area);
    setAttribute(this.root, 'aria-label', wordsOf(hourly));
  }
}

/**
 * The outlines, a piece for each run of hours with readings. A lone hour is a point: a line without a length.
 * @param {(number | null)[]} hourly
 * @returns {{ line: string, area: string }}
 */
export function pathsOf(hourly) {
  const top = Math.max(...hourly.filter(isKnown), 0) || 1;
  const step = WIDTH / Math.max(hourly.length, 1);
  const bottom = HEIGHT - MARGIN;
  /** @param {number} index @param {number} watts */
  const point = (index, watts) => `${round((index + 0.5) * step)} ${round(bottom - (Math.max(watts, 0) / top) * (bottom - MARGIN))}`;
  let line = '';
  let area = '';
  /** @type {string[]} */
  let run = [];
  let start = 0;
  /** @param {number} end */
  const finish = (end) => {
    if (run.length > 0) line += `M${run.join('L')}${run.length === 1 ? 'h0' : ''}`;
    if (run.length > 1) area += `M${round((start + 0.5) * step)} ${bottom}L${run.join('L')}L${round((end - 0.5) * step)} ${bottom}Z`;
    run = [];
  };
  hourly.forEach((watts, index) => {
    if (watts === null) return finish(index);
    if (run.length === 0) start = index;
    run.push(point(index, watts));
  });
  finish(hourly.length);
  return { line, area };
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}

/**
 * "Last 24 hours: 81 W to 95 W, 3 hours without readings"
 * @param {(number | null)[]} hourly
 */
export function wordsOf(hourly) {
  const known = hourly.filter(isKnown);
  if (known.length === 0) return strings.sparkline.none;
  const [low, high] = [text(power(Math.min(...known))), text(power(Math.max(...known)))];
  const gaps = hourly.length - known.length;
  return (low === high ? strings.sparkline.steady(low) : strings.sparkline.range(low, high))
    + (gaps > 0 ? strings.sparkline.gaps(gaps) : '');
}
