// @ts-check
// The chart of a range: energy as bars, mean power as a line in its minimum–maximum band; below each other with one x
// axis, or in one panel with an axis each. Axes begin at 0.

import { energyScale, number, powerUnit } from '../format.js';
import { clockChanges, isGap, isIncomplete, largest, runsOf, summed, ticks } from '../series.js';
import { strings } from '../strings.js';
import { bandOutline, decimated } from './decimate.js';

/** @typedef {import('../series.js').Bucket} Bucket */
/** @typedef {import('../series.js').Bar} Bar */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./limits.js').Limit} Limit */
/**
 * @typedef {object} Drawing
 * @property {Bucket[]} buckets
 * @property {Bar[]} bars of the buckets, perhaps of a coarser grain
 * @property {{ name: string, colour: string, kwh: (number | null)[] }[]} slices of the bars, a value for each bucket; empty: whole
 * @property {(Bucket | null)[]} compared a place for each bucket; empty: nothing is compared
 * @property {Limit[]} limits
 * @property {import('../time.js').Grain} grain of the buckets
 * @property {import('../time.js').SiteCalendar} calendar
 * @property {'panels' | 'dual'} axes
 * @property {Theme} theme
 */

/** Into how many steps an axis may be divided. */
const DIVISIONS = { dual: [4, 5], panels: [3, 4, 5] };
/** How much taller than its highest bar the energy axis is, and than its highest point the power axis. */
const ENERGY_ROOM = { dual: 1.8, panels: 1.12 };
const POWER_ROOM = 1.04;
/** A limit is drawn when the axis need not grow beyond so many times the highest point. */
const LIMIT_ROOM = 1.7;
/** The width that a tick label needs, in the size of the type. */
const TICK_ROOM = { minute: 4.4, quarter_hour: 4.4, hour: 4.4, day: 3, month: 3.6 };
/** Pixels for each bucket below which the line goes without markers, and for each bar below which it goes without words. */
const MARKER_ROOM = 9;
const LABEL_ROOM = 30;
/** Where the panels begin and end, from below. */
const PANELS = { energy: [0, 0.4], power: [0.53, 1] };

const CONFIG = { staticPlot: true, displayModeBar: false, responsive: false };

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

/**
 * What is kept free around the plot, in pixels.
 * @param {Pick<Drawing, 'axes' | 'theme'>} drawing @param {number} width
 */
export function marginsOf({ axes, theme }, width) {
  const side = theme.size * (width < 480 ? 3.2 : 4.2);
  return { l: side, r: axes === 'dual' ? side : theme.size * 0.8, t: 34, b: theme.size * 3.8 };
}

/** @param {Drawing} drawing @param {number} width */
export function tracesOf(drawing, width) {
  const { buckets, bars, compared, theme, axes } = drawing;
  const scale = scalesOf(drawing);
  const columns = Math.max(width - 2 * theme.size * 4, 100);
  const room = columns / Math.max(buckets.length, 1);
  const means = buckets.map(({ mean }) => scaled(mean, scale.powerFactor));
  const line = decimated(means, columns);
  const band = bandOutline(
    buckets.map(({ minimum }) => scaled(minimum, scale.powerFactor)), buckets.map(({ maximum }) => scaled(maximum, scale.powerFactor)), columns);
  return [
    gapTrace(buckets, 'y3', theme),
    ...(axes === 'panels' ? [gapTrace(buckets, 'y4', theme)] : []),
    ...barTraces(drawing, scale.energyFactor, columns / Math.max(bars.length, 1)),
    {
      name: strings.chart.partial, type: 'scatter', mode: 'text', cliponaxis: false, ...soFar(bars, scale.energyFactor, columns / Math.max(bars.length, 1), compared.length > 0 ? 0.16 : 0),
      textposition: 'top center', textfont: { color: theme.muted, size: theme.size }, hoverinfo: 'skip',
    },
    {
      name: strings.chart.band, type: 'scatter', mode: 'lines', yaxis: 'y2', hoverinfo: 'skip',
      ...band, fill: 'toself', fillcolor: theme.band, line: { width: 0 },
    },
    ...(compared.length > 0 ? [{
      name: strings.compared.power, type: 'scatter', mode: 'lines', yaxis: 'y2', hoverinfo: 'skip', connectgaps: false,
      ...decimated(compared.map((bucket) => scaled(bucket?.mean ?? null, scale.powerFactor)), columns),
      line: { color: theme.control, width: 1.5, dash: 'dot' },
    }] : []),
    {
      name: strings.chart.mean, type: 'scatter', yaxis: 'y2', hoverinfo: 'skip', connectgaps: false,
      mode: room < MARKER_ROOM ? 'lines' : 'lines+markers', ...line,
      line: { color: theme.power, width: room < 1 ? 1.2 : 2, shape: 'linear', simplify: false },
      marker: {
        size: room < 16 ? 4 : 6, color: line.x.map((at) => (buckets[at ?? 0]?.isPartial ? theme.panel : theme.power)),
        line: { color: theme.power, width: 1.5 },
      },
    },
  ];
}

/** Marks where nothing was read. @param {Bucket[]} buckets @param {string} yaxis @param {Theme} theme */
function gapTrace(buckets, yaxis, theme) {
  const gaps = runsOf(buckets, isGap);
  return {
    name: strings.chart.gap, type: 'bar', yaxis, hoverinfo: 'skip',
    x: gaps.map(({ first, last }) => (first + last) / 2), y: gaps.map(() => 1), width: gaps.map(({ first, last }) => last - first + 1),
    marker: {
      color: 'rgba(0,0,0,0)', line: { width: 0 },
      pattern: { shape: '/', fgcolor: theme.gap, fillmode: 'overlay', fgopacity: 0.8, size: 8, solidity: 0.16 },
    },
  };
}

/** @param {Drawing} drawing @param {number} factor @param {number} room of each bar, in pixels */
function barTraces({ bars, slices, compared, theme }, factor, room) {
  const x = bars.map(({ first, last }) => (first + last) / 2);
  const widths = bars.map(({ first, last }) => last - first + 1);
  const isCompared = compared.length > 0;
  const own = isCompared
    ? { offset: widths.map((width) => -0.06 * width), width: widths.map((width) => 0.44 * width) }
    : { width: widths.map((width) => 0.72 * width) };
  const shared = {
    type: 'bar', hoverinfo: 'skip', x, ...own,
  };
  /** @param {string} color @param {object} line @param {object} [more] */
  const marker = (color, line, more = {}) => ({
    color, line, ...more, opacity: bars.map(({ isPartial }) => (isPartial ? 0.45 : 1)),
    pattern: {
      shape: bars.map((bar) => (isIncomplete(bar) ? '/' : '')), fgcolor: theme.panel, fillmode: 'overlay', fgopacity: 0.55, size: 6, solidity: 0.3,
    },
  });
  const traces = [];
  if (isCompared) {
    const kwh = summed(compared.map((bucket) => bucket?.kwh ?? null), bars);
    traces.push({
      name: strings.compared.energy, type: 'bar', hoverinfo: 'skip', x, y: kwh.map((value) => scaled(value, factor)),
      offset: widths.map((width) => -0.4 * width), width: widths.map((width) => 0.3 * width),
      marker: { color: theme.other, opacity: 0.55, cornerradius: 3, line: { width: 0 } },
    });
  }
  if (slices.length === 0) {
    traces.push({
      ...shared, name: strings.chart.energy, y: bars.map(({ kwh }) => scaled(kwh, factor)),
      marker: marker(theme.energy, { width: 0 }, { cornerradius: 3 }),
    });
    return traces;
  }
  const base = bars.map(() => 0);
  for (const slice of slices) {
    const kwh = summed(slice.kwh, bars).map((value) => scaled(value, factor));
    traces.push({
      ...shared, name: slice.name, meta: 'slice', y: kwh, base: [...base],
      marker: marker(slice.colour, { width: room > MARKER_ROOM ? 0.75 : 0, color: theme.panel }),
    });
    kwh.forEach((value, index) => {
      base[index] = (base[index] ?? 0) + (value ?? 0);
    });
  }
  return traces;
}

/** The words over bars that are not over yet. @param {Bar[]} bars @param {number} factor @param {number} room @param {number} shift of bars beside others */
function soFar(bars, factor, room, shift) {
  const partial = room > LABEL_ROOM ? bars.filter(({ isPartial, kwh }) => isPartial && kwh !== null) : [];
  return {
    x: partial.map(({ first, last }) => (first + last) / 2 + shift * (last - first + 1)), y: partial.map(({ kwh }) => scaled(kwh, factor)),
    text: partial.map(() => strings.chart.partial),
  };
}

/** @param {Drawing} drawing @param {number} width @param {number} height */
export function layoutOf(drawing, width, height) {
  const { buckets, grain, calendar, axes, theme } = drawing;
  const scale = scalesOf(drawing);
  const margin = marginsOf(drawing, width);
  const most = Math.max(2, Math.floor((width - margin.l - margin.r) / (TICK_ROOM[grain] * theme.size)));
  const isTime = grain !== 'day' && grain !== 'month';
  const changes = isTime ? clockChanges(buckets, calendar) : [];
  const named = ticks(buckets, grain, calendar, most);
  const isDual = axes === 'dual';
  const axis = { fixedrange: true, zeroline: false, showline: false, ticks: '', automargin: false, gridcolor: theme.grid, layer: 'below traces' };
  const hidden = { ...axis, range: [0, 1], visible: false };
  const limits = scale.limits.filter(({ isDrawn }) => isDrawn);
  return {
    width, height, margin, autosize: false,
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, size: theme.size, color: theme.muted },
    showlegend: false, barmode: 'overlay', hovermode: false, dragmode: false,
    xaxis: {
      range: [-0.5, buckets.length - 0.5], showgrid: false, zeroline: false, showline: true, linecolor: theme.grid, anchor: 'y',
      ticks: isTime ? 'outside' : '', ticklen: 4, tickcolor: theme.grid, tickangle: 0,
      tickvals: named.map((tick) => tick.position), ticktext: named.map((tick) => tick.label),
    },
    yaxis: { ...axis, ...scale.energyAxis, side: 'left', domain: isDual ? [0, 1] : PANELS.energy },
    yaxis2: isDual ? { ...axis, ...scale.powerAxis, side: 'right', overlaying: 'y', showgrid: false }
      : { ...axis, ...scale.powerAxis, side: 'left', domain: PANELS.power },
    yaxis3: { ...hidden, overlaying: 'y' },
    ...(isDual ? {} : { yaxis4: { ...hidden, overlaying: 'y2' } }),
    annotations: [
      ...(isDual ? [
        unitName(scale.energyUnit, 0, 1, 'right', theme), unitName(scale.powerUnit, 1, 1, 'left', theme),
      ] : [
        unitName(strings.chart.unit(strings.chart.power, scale.powerUnit), 0, PANELS.power[1] ?? 1, 'left', theme),
        unitName(strings.chart.unit(strings.chart.energy, scale.energyUnit), 0, PANELS.energy[1] ?? 1, 'left', theme),
      ]),
      ...changes.map((x) => clockChange(x, theme)),
      ...limits.map(({ value, kind, label }) => ({
        text: label, x: 1, xref: 'paper', xanchor: 'right', y: value, yref: 'y2', yanchor: 'bottom', showarrow: false,
        font: { size: theme.size, color: theme[kind] }, bgcolor: theme.panel, borderpad: 1,
      })),
    ],
    shapes: [
      ...(isDual ? [] : [{
        type: 'line', xref: 'paper', yref: 'paper', x0: 0, x1: 1, y0: PANELS.power[0], y1: PANELS.power[0], line: { color: theme.grid, width: 1 },
      }]),
      ...changes.map((x) => ({
        type: 'line', xref: 'x', yref: 'paper', x0: x, x1: x, y0: 0, y1: 1, line: { color: theme.muted, width: 1, dash: 'dot' },
      })),
      ...limits.map(({ value, kind }) => ({
        type: 'line', xref: 'paper', yref: 'y2', x0: 0, x1: 1, y0: value, y1: value, name: kind,
        line: { color: theme[kind], width: 1.5, dash: kind === 'warning' ? 'dash' : 'solid' },
      })),
    ],
  };
}

/**
 * Which limits lie within, or not far above, what is drawn.
 * @param {Pick<Drawing, 'buckets' | 'compared' | 'limits'>} drawing
 * @returns {(Limit & { isDrawn: boolean })[]}
 */
export function drawnLimits({ buckets, compared, limits }) {
  const highest = Math.max(largest(buckets.flatMap(({ mean, maximum }) => [mean, maximum])), largest(compared.map((bucket) => bucket?.mean ?? null)));
  return limits.map((limit) => ({ ...limit, isDrawn: limit.watts <= highest * LIMIT_ROOM }));
}

/**
 * The units and axes of both quantities.
 * @param {Drawing} drawing
 */
function scalesOf(drawing) {
  const { buckets, bars, compared, axes } = drawing;
  const energies = [
    ...bars.map(({ kwh }) => kwh), ...(compared.length > 0 ? summed(compared.map((bucket) => bucket?.kwh ?? null), bars) : []),
  ];
  const found = drawnLimits(drawing);
  const powers = [
    ...buckets.flatMap(({ mean, maximum }) => [mean, maximum]), ...compared.map((bucket) => bucket?.mean ?? null),
    ...found.map(({ watts, isDrawn }) => (isDrawn ? watts * 1.04 : null)),
  ];
  const energy = energyScale(energies);
  const unit = powerUnit(powers);
  const energyFactor = energy.unit === 'MWh' ? 0.001 : 1;
  const powerFactor = unit === 'kW' ? 0.001 : 1;
  const highest = [largest(energies) * energyFactor * ENERGY_ROOM[axes], largest(powers) * powerFactor * POWER_ROOM];
  const both = axes === 'dual' ? axesOf(DIVISIONS.dual, ...highest) : highest.flatMap((value) => axesOf(DIVISIONS.panels, value));
  const [energyAxis, powerAxis] = both;
  const limits = found.map((limit) => ({ ...limit, value: limit.watts * powerFactor }));
  return { energyFactor, powerFactor, energyUnit: energy.unit, powerUnit: unit, energyAxis, powerAxis, limits };
}

/**
 * Axes from 0 that hold these values, in the same number of round steps: the number that wastes least of them.
 * @param {number[]} divisions to choose from
 * @param {...number} highest
 */
export function axesOf(divisions, ...highest) {
  const choices = divisions.map((count) => highest.map((value) => axisOf(value, count)));
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

/** @param {string} text @param {0 | 1} x @param {number} y @param {'left' | 'right'} xanchor @param {Theme} theme */
function unitName(text, x, y, xanchor, theme) {
  return {
    text, x, xanchor, xref: 'paper', y, yref: 'paper', yanchor: 'bottom', yshift: 8, xshift: xanchor === 'right' ? -8 : x === 1 ? 8 : -4,
    showarrow: false, font: { size: theme.size, color: theme.text },
  };
}

/** @param {number} x @param {Theme} theme */
function clockChange(x, theme) {
  return {
    text: strings.chart.clockChange, x, xref: 'x', xanchor: 'center', y: 1, yref: 'paper', yanchor: 'bottom', yshift: 8,
    showarrow: false, font: { size: theme.size, color: theme.muted },
  };
}
