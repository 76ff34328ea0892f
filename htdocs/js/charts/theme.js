// @ts-check
// The colours and type of css/base.css, for what is drawn and not styled.

/**
 * @typedef {object} Theme
 * @property {string} text
 * @property {string} muted
 * @property {string} grid
 * @property {string} panel
 * @property {string} energy
 * @property {string} power
 * @property {string} band
 * @property {string} gap
 * @property {string} control
 * @property {string} other of what is nobody's own
 * @property {string} warning
 * @property {string} critical
 * @property {string} font
 * @property {number} size of the type, in pixels
 */

/** The theme that holds now. */
export function currentTheme() {
  const probe = document.body.appendChild(document.createElement('span'));
  probe.style.setProperty('forced-color-adjust', 'none');
  // Asked of an element, so that system colours come out as numbers.
  const value = (/** @type {string} */ name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const type = getComputedStyle(document.body);
  const theme = {
    text: value('--text'),
    muted: value('--muted'),
    grid: value('--grid'),
    panel: value('--panel'),
    energy: value('--energy'),
    power: value('--power'),
    band: value('--band'),
    gap: value('--gap'),
    control: value('--control'),
    other: value('--other'),
    warning: value('--warn'),
    critical: value('--bad'),
    font: type.fontFamily,
    size: parseFloat(type.fontSize) * 0.8,
  };
  probe.remove();
  return theme;
}

/**
 * Calls `changed` when the system's colour scheme or contrast does, and before and after printing.
 * @param {() => void} changed
 */
export function onThemeChange(changed) {
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)', 'print']) {
    matchMedia(query).addEventListener('change', changed);
  }
}
