// @ts-check
// Temperature and humidity, as a table; a column that no sensor gives is left out.

import { make, setText, show } from '../../dom.js';
import { age, isKnown, measure, text } from '../../format.js';
import { strings } from '../../strings.js';
import { parseTime } from '../../time.js';

/** The sensors of a PDU. */
export class SensorsView {
  constructor() {
    this.caption = make('caption', { class: 'spoken' });
    this.body = make('tbody');
    const words = strings.sensors;
    this.heads = [words.temperature, words.humidity].map((word) => make('th', { scope: 'col' }, word));
    this.root = make('table', { class: 'sensors' }, this.caption,
      make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, words.name), ...this.heads, make('th', { scope: 'col' }, words.read))),
      this.body);
    /** Which of the two columns some sensor has given. */
    this.seen = [false, false];
  }

  /** Forgets which columns there were. */
  reset() {
    this.seen = [false, false];
  }

  /** @param {Record<string, any>[]} items @param {boolean} isOnline @param {number} now @param {string} pdu */
  render(items, isOnline, now, pdu) {
    setText(this.caption, strings.sensors.caption(pdu));
    const values = items.map((item) => (isOnline ? [item.temperature_celsius, item.humidity_percent] : [null, null]));
    this.seen = this.seen.map((isSeen, column) => isSeen || values.some((row) => isKnown(row[column])));
    this.heads.forEach((head, column) => show(head, this.seen[column] ?? false));
    while (this.body.rows.length > items.length) this.body.lastElementChild?.remove();
    items.forEach((item, index) => {
      const row = this.body.rows[index] ?? this.body.appendChild(make('tr', {},
        make('th', { scope: 'row' }), make('td'), make('td'), make('td', { class: 'muted' })));
      const [name, temperature, humidity, read] = [...row.children];
      if (!name || !(temperature instanceof HTMLElement) || !(humidity instanceof HTMLElement) || !read) return;
      setText(name, typeof item.name === 'string' && item.name ? item.name : strings.sensors.sensor(Number(item.number)));
      setText(temperature, text(measure(values[index]?.[0], '°C', 1)));
      setText(humidity, text(measure(values[index]?.[1], '%', 0)));
      show(temperature, this.seen[0] ?? false);
      show(humidity, this.seen[1] ?? false);
      const moment = parseTime(item.last_reading);
      setText(read, moment === null ? strings.pdu.neverRead : age(Math.max(0, (now - moment) / 1000)));
    });
  }
}
