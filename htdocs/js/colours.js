// @ts-check
// Colours bound to what they stand for: an element or a group has the same in every view, whatever is shown beside it.
// One that somebody has chosen wins; otherwise the id decides among ten hues that colour-blind people tell apart. Each
// colour is two tunings of one hue, at 3:1 or more against the panel of the light and of the dark scheme.

/** @typedef {{ light: string, dark: string }} Colour both `#rrggbb` */

/**
 * Near the hues of Okabe and Ito, moved apart until protan and deutan eyes tell all ten. css/base.css has the same as --pdu-0 to --pdu-9.
 * @type {Colour[]}
 */
export const PALETTE = [
  { light: '#1b63a7', dark: '#82b0ec' },
  { light: '#ce8100', dark: '#df8f00' },
  { light: '#189c67', dark: '#58e5ba' },
  { light: '#b0468d', dark: '#c477a4' },
  { light: '#d03413', dark: '#de673d' },
  { light: '#2e86ae', dark: '#8fe2ee' },
  { light: '#737215', dark: '#f8e25e' },
  { light: '#2450c8', dark: '#7e91ff' },
  { light: '#7c4336', dark: '#ae8973' },
  { light: '#6f9a40', dark: '#b0d97e' },
];

/**
 * Of what is nobody's own: "others", a residual. No element and no group has it unless somebody chooses it.
 * @type {Colour}
 */
export const OTHERS = { light: '#7b8794', dark: '#8d99a6' };

/** The panel that colours lie on, as in css/base.css. */
const PANEL = { light: '#ffffff', dark: '#161d26' };

/** What WCAG asks of what must be told from its background. */
const LEAST_CONTRAST = 3;

/** What somebody has chosen, by element and by group. */
const chosen = { element: /** @type {Map<number, string>} */ (new Map()), group: /** @type {Map<number, string>} */ (new Map()) };

/** @type {(() => void)[]} */
const listeners = [];

/**
 * From now on these are the colours that people have chosen.
 * @param {{ elements?: { element_id: number, colour?: string | null }[], groups?: { id: number, colour?: string | null }[] }} settings
 *   as `/api/settings` tells them
 */
export function useColours({ elements = [], groups = [] }) {
  const before = JSON.stringify([[...chosen.element], [...chosen.group]]);
  chosen.element = new Map(elements.flatMap(({ element_id: id, colour }) => (isColour(colour) ? [[Number(id), colour]] : [])));
  chosen.group = new Map(groups.flatMap(({ id, colour }) => (isColour(colour) ? [[Number(id), colour]] : [])));
  if (JSON.stringify([[...chosen.element], [...chosen.group]]) !== before) listeners.forEach((listener) => listener());
}

/**
 * Calls `listener` whenever somebody's choice has changed.
 * @param {() => void} listener
 */
export function onColoursChange(listener) {
  listeners.push(listener);
}

/**
 * The colour of a PDU or of a part of one.
 * @param {number} id of the element
 * @returns {Colour}
 */
export function colourOfElement(id) {
  return colourOf(chosen.element.get(id), id);
}

/**
 * The colour of a group.
 * @param {number} id
 * @returns {Colour}
 */
export function colourOfGroup(id) {
  return colourOf(chosen.group.get(id), id);
}

/** @param {string | undefined} choice @param {number} id */
function colourOf(choice, id) {
  const own = PALETTE[((id - 1) % PALETTE.length + PALETTE.length) % PALETTE.length] ?? OTHERS;
  return choice === undefined ? own : tuned(choice);
}

/**
 * A colour that somebody has chosen, in both tunings: the palette's own where it is one of the palette's, otherwise
 * darker or lighter until it can be told from the panel.
 * @param {string} colour `#rrggbb`
 * @returns {Colour}
 */
export function tuned(colour) {
  const hex = colour.toLowerCase();
  const known = [...PALETTE, OTHERS].find(({ light, dark }) => light === hex || dark === hex);
  return known ?? { light: readable(hex, PANEL.light, '#000000'), dark: readable(hex, PANEL.dark, '#ffffff') };
}

/**
 * The tuning for the scheme that holds now, for what is drawn and not styled.
 * @param {Colour} colour
 */
export function inScheme(colour) {
  return matchMedia('(prefers-color-scheme: dark)').matches ? colour.dark : colour.light;
}

/**
 * Gives everything in `node` that is coloured by `--pdu` this colour, in either scheme.
 * @param {HTMLElement | SVGElement} node
 * @param {Colour} colour
 */
export function paint(node, colour) {
  const value = `light-dark(${colour.light}, ${colour.dark})`;
  if (node.style.getPropertyValue('--pdu') !== value) node.style.setProperty('--pdu', value);
}

/**
 * Whether `text` is a colour as the interface has them.
 * @param {unknown} text
 * @returns {text is string}
 */
export function isColour(text) {
  return typeof text === 'string' && /^#[0-9a-f]{6}$/i.test(text);
}

/** @param {string} colour @param {string} background @param {string} towards */
function readable(colour, background, towards) {
  for (let share = 0; share < 1; share += 0.04) {
    const mixed = mix(colour, towards, share);
    if (contrast(mixed, background) >= LEAST_CONTRAST) return mixed;
  }
  return towards;
}

/** @param {string} from @param {string} to @param {number} share */
function mix(from, to, share) {
  const end = channels(to);
  const mixed = channels(from).map((value, index) => Math.round(value + ((end[index] ?? 0) - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * The contrast ratio of two colours, 1 to 21, as WCAG 2 defines it.
 * @param {string} a
 * @param {string} b
 */
export function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((one, other) => other - one);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/** @param {string} colour */
function luminance(colour) {
  const linear = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

/** @param {string} colour @returns {number[]} */
function channels(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}
