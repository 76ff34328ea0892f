// @ts-check
// The chart of a period: energy as bars on the left axis, mean power as a line with its minimum–maximum band on
// the right one. Both axes begin at 0 and share their grid lines; the bars keep to the lower part, so that the
// line stays readable above them.

import { energyScale, number, powerUnit } from '../format.js';
import { bandOutline, clockChanges, isGap, isIncomplete, largest, ticks } from '../series.js';
import { strings } from '../strings.js';

/** @typedef {import('../series.js').Bucket} Bucket */
/** @typedef {import('./theme.js').Theme} Theme */
/**
 * @typedef {object} Drawing
 * @property {string} key of the data shown: as long as it is the same, zoom and hover survive
 * @property {Bucket[]} buckets
 * @property {import('../time.js').Grain} grain
 * @property {import('../time.js').SiteCalendar} calendar
 * @property {Theme} theme
 */

/** Into how many steps both axes may be divided. */
const DIVISIONS = [4, 5];
/** How much taller than its highest bar the energy axis is, and than its highest point the power axis. */
const ENERGY_ROOM = 1.8;
const POWER_ROOM = 1.04;
/** The width that a tick label needs, in the size of the type. */
const TICK_ROOM = { hour: 4.4, day: 3, month: 3.6 };
/** Pixels for each bucket below which the line goes without markers, and a bar without words. */
const MARKER_ROOM = 9;
const LABEL_ROOM = 40;

const CONFIG = { displayModeBar: false, displaylogo: false, doubleClick: 'reset', responsive: false };

/**
 * Draws into `container`, whose size it takes; the first time a new plot, later what has changed.
 * @param {any} plotly
 * @param {HTMLElement} container
 * @param {Drawing} drawing
 */
export async function drawHistory(plotly, container, drawing) {
  const traces = tracesOf(drawing, container.clientWidth);
  const layout = layoutOf(drawing, container.clientWidth, container.clientHeight);
  if (container.classList.contains('js-plotly-plot')) await plotly.react(container, traces, layout, CONFIG);
  else await plotly.newPlot(container, traces, layout, CONFIG);
}

/** @param {Drawing} drawing @param {number} width */
export function tracesOf({ buckets, theme }, width) {
  const x = buckets.map((bucket) => bucket.position);
  const scale = scalesOf(buckets);
  const band = bandOutline(buckets);
  const room = width / Math.max(buckets.length, 1);
  return [
    {
      // Takes the pointer over the whole height of each bucket, and marks those without readings.
      name: strings.chart.gap, type: 'bar', x, y: x.map(() => 1), yaxis: 'y3', width: 1, hoverinfo: 'none',
      marker: {
        color: 'rgba(0,0,0,0)', line: { width: 0 },
        pattern: {
          shape: buckets.map((bucket) => (isGap(bucket) ? '/' : '')),
          fgcolor: theme.gap, fillmode: 'overlay', fgopacity: 0.8, size: 8, solidity: 0.16,
        },
      },
    },
    {
      name: strings.chart.energy, type: 'bar', x, y: buckets.map((bucket) => scaled(bucket.kwh, scale.energyFactor)),
      width: 0.72, hoverinfo: 'skip',
      text: buckets.map((bucket) => (bucket.isPartial && bucket.kwh !== null && room > LABEL_ROOM ? strings.chart.partial : '')),
      textposition: 'outside', textangle: 0, cliponaxis: false, constraintext: 'none',
      textfont: { color: theme.muted, size: theme.size },
      marker: {
        color: theme.energy, cornerradius: 3, line: { width: 0 },
        opacity: buckets.map((bucket) => (bucket.isPartial ? 0.45 : 1)),
        pattern: {
          shape: buckets.map((bucket) => (isIncomplete(bucket) ? '/' : '')),
          fgcolor: theme.panel, fillmode: 'overlay', fgopacity: 0.55, size: 6, solidity: 0.3,
        },
      },
    },
    {
      name: strings.chart.band, type: 'scatter', mode: 'lines', yaxis: 'y2', hoverinfo: 'skip',
      x: band.x, y: band.y.map((value) => scaled(value, scale.powerFactor)),
      fill: 'toself', fillcolor: theme.band, line: { width: 0 },
    },
    {
      name: strings.chart.mean, type: 'scatter', yaxis: 'y2', hoverinfo: 'skip', connectgaps: false,
      mode: room < MARKER_ROOM ? 'lines' : 'lines+markers',
      x, y: buckets.map((bucket) => scaled(bucket.mean, scale.powerFactor)),
      line: { color: theme.power, width: 2, shape: 'linear' },
      marker: {
        size: room < 16 ? 4 : 6, color: buckets.map((bucket) => (bucket.isPartial ? theme.panel : theme.power)),
        line: { color: theme.power, width: 1.5 },
      },
    },
  ];
}

/** @param {Drawing} drawing @param {number} width @param {number} height */
export function layoutOf({ key, buckets, grain, calendar, theme }, width, height) {
  const scale = scalesOf(buckets);
  const side = theme.size * (width < 480 ? 3.2 : 4.2);
  const margin = { l: side, r: side, t: 30, b: theme.size * 3.8 };
  const most = Math.max(2, Math.floor((width - margin.l - margin.r) / (TICK_ROOM[grain] * theme.size)));
  const changes = grain === 'hour' ? clockChanges(buckets, calendar) : [];
  const named = ticks(buckets, grain, calendar, most);
  const axis = { fixedrange: true, zeroline: false, showline: false, ticks: '', automargin: false };
  return {
    uirevision: key, width, height, margin, autosize: false,
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, size: theme.size, color: theme.muted },
    showlegend: false, barmode: 'overlay', hovermode: 'x',
    dragmode: matchMedia('(pointer: fine)').matches ? 'zoom' : false,
    xaxis: {
      range: [-0.5, buckets.length - 0.5], showgrid: false, zeroline: false, showline: true, linecolor: theme.grid,
      ticks: grain === 'hour' ? 'outside' : '', ticklen: 4, tickcolor: theme.grid, tickangle: 0,
      tickvals: named.map((tick) => tick.position), ticktext: named.map((tick) => tick.label),
    },
    yaxis: { ...axis, ...scale.energyAxis, side: 'left', gridcolor: theme.grid, layer: 'below traces' },
    yaxis2: { ...axis, ...scale.powerAxis, side: 'right', overlaying: 'y', showgrid: false },
    yaxis3: { ...axis, range: [0, 1], overlaying: 'y', visible: false },
    annotations: [
      unitName(scale.energyUnit, 0, 'right', theme),
      unitName(scale.powerUnit, 1, 'left', theme),
      ...changes.map((x) => clockChange(x, theme)),
    ],
    shapes: changes.map((x) => ({
      type: 'line', xref: 'x', yref: 'paper', x0: x, x1: x, y0: 0, y1: 1, line: { color: theme.muted, width: 1, dash: 'dot' },
    })),
  };
}

/**
 * The units and axes of both quantities.
 * @param {Bucket[]} buckets
 */
function scalesOf(buckets) {
  const energies = buckets.map((bucket) => bucket.kwh);
  const powers = buckets.flatMap((bucket) => [bucket.mean, bucket.maximum]);
  const energy = energyScale(energies);
  const unit = powerUnit(powers);
  const energyFactor = energy.unit === 'MWh' ? 0.001 : 1;
  const powerFactor = unit === 'kW' ? 0.001 : 1;
  const [energyAxis, powerAxis] = axesOf(
    largest(energies) * energyFactor * ENERGY_ROOM, largest(powers) * powerFactor * POWER_ROOM);
  return { energyFactor, powerFactor, energyUnit: energy.unit, powerUnit: unit, energyAxis, powerAxis };
}

/**
 * Two axes from 0 that hold these values, in the same number of round steps: the number that wastes least of them.
 * @param {...number} highest
 */
export function axesOf(...highest) {
  const choices = DIVISIONS.map((count) => highest.map((value) => axisOf(value, count)));
  /** @param {{ range: number[] }[]} axes */
  const size = (axes) => axes.reduce((sum, axis, index) => sum + (axis.range[1] ?? 0) / (highest[index] || 1), 0);
  return choices.reduce((best, axes) => (size(axes) < size(best) ? axes : best));
}

/**
 * An axis from 0 that holds `highest` in `count` round steps.
 * @param {number} highest
 * @param {number} count
 */
export function axisOf(highest, count) {
  const step = roundStep((highest > 0 ? highest : 1) / count);
  const digits = Math.max(0, Math.min(4, -Math.floor(Math.log10(step) + 1e-9) + (isWhole(step) ? 0 : 1)));
  const values = Array.from({ length: count + 1 }, (_, index) => index * step);
  return { range: [0, step * count], tickvals: values, ticktext: values.map((value) => number(value, value === 0 ? 0 : digits)) };
}

/**
 * The smallest round number that is not below `least`.
 * @param {number} least
 */
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((round) => round * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/**
 * Whether the first digit says it all, as in 0.2 or 400.
 * @param {number} step
 */
function isWhole(step) {
  const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
  return Math.abs(mantissa - Math.round(mantissa)) < 1e-9;
}

/** @param {number | null} value @param {number} factor */
function scaled(value, factor) {
  return value === null ? null : value * factor;
}

/** @param {string} text @param {0 | 1} x @param {'left' | 'right'} xanchor @param {Theme} theme */
function unitName(text, x, xanchor, theme) {
  return {
    text, x, xanchor, xref: 'paper', y: 1, yref: 'paper', yanchor: 'bottom', yshift: 10, xshift: x === 0 ? -8 : 8,
    showarrow: false, font: { size: theme.size, color: theme.text },
  };
}

/** @param {number} x @param {Theme} theme */
function clockChange(x, theme) {
  return {
    text: strings.chart.clockChange, x, xref: 'x', xanchor: 'center', y: 1, yref: 'paper', yanchor: 'bottom',
    showarrow: false, font: { size: theme.size, color: theme.muted },
  };
}
