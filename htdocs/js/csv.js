// @ts-check
// Comma-separated values as RFC 4180 has them, for every spreadsheet and locale: a dot in numbers, and no text that a
// spreadsheet would take for a formula. Pure.

/**
 * @param {(string | number | null)[][]} rows null: unknown, an empty field
 */
export function csv(rows) {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** @param {string | number | null} value */
function field(value) {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(Number(value.toFixed(6))) : '';
  // An apostrophe in front makes it text, whatever a spreadsheet would have made of the rest.
  const text = /^\s*[=+\-@|%]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Has the browser store a file.
 * @param {string} name
 * @param {string} text
 */
export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
