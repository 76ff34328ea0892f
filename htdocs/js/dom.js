// @ts-check
// Making and changing elements. Data goes in as text, never as HTML; nothing is touched that has not changed, so
// that a refresh neither flashes nor wakes a screen reader.

/**
 * An element with attributes and children. `true` sets an empty attribute, false and null none.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | null>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, '');
    else if (typeof value === 'string') node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/**
 * An icon of the sprite in index.html; decoration, a word stands beside it.
 * @param {string} name
 */
export function icon(name) {
  return draw('svg', { class: 'icon', 'aria-hidden': 'true' }, draw('use', { href: `#icon-${name}` }));
}

/**
 * An element of SVG with attributes and children.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {...Node} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function draw(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * Sets an attribute, or takes it away where `value` is null.
 * @param {Element} node @param {string} name @param {string | null} value
 */
export function setAttribute(node, name, value) {
  if (node.getAttribute(name) === value) return;
  if (value === null) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

/**
 * Changes which icon `svg` shows.
 * @param {SVGElement} svg
 * @param {string} name
 */
export function setIcon(svg, name) {
  const use = svg.firstElementChild;
  if (use) setAttribute(use, 'href', `#icon-${name}`);
}

/** @param {Node} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {HTMLElement} node @param {boolean} isShown */
export function show(node, isShown) {
  if (node.hidden === isShown) node.hidden = !isShown;
}

/**
 * Writes a number and its unit.
 * @param {HTMLElement} node one made by `quantity`
 * @param {import('./format.js').Quantity} quantity
 */
export function setQuantity(node, { value, unit }) {
  const [number, name] = node.children;
  if (number) setText(number, value);
  if (name) setText(name, unit ? `\u00a0${unit}` : '');
}

/**
 * A place for a number and its unit.
 * @param {string} [className]
 */
export function quantity(className = '') {
  return make('span', { class: `quantity ${className}`.trim() },
    make('span', { class: 'value' }), make('span', { class: 'unit' }));
}

/**
 * The element of index.html with this id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`index.html has no #${id}`);
  return node;
}

/**
 * Tells screen readers, once.
 * @param {string} text
 */
export function announce(text) {
  byId('announcer').append(make('p', {}, text));
  const said = byId('announcer').children;
  if (said.length > 3) said[0]?.remove();
}

/** @type {Map<string, Promise<void>>} */
const styles = new Map();

/**
 * Fetches a style sheet of what is fetched later than the page; done when it holds.
 * @param {string} address
 * @returns {Promise<void>}
 */
export function style(address) {
  const loading = styles.get(address) ?? new Promise((resolve, reject) => {
    const link = make('link', { rel: 'stylesheet', href: address });
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => {
      link.remove();
      styles.delete(address);
      reject(new Error(`${address} does not load`));
    });
    document.head.append(link);
  });
  styles.set(address, loading);
  return loading;
}
