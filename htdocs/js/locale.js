// @ts-check
// How the browser's owner writes numbers and dates, and with which day the week begins. The words stay those of
// strings.js.

/** What is taken when the browser names nothing that Intl knows. */
const FALLBACK = 'en-GB';

/** Where weeks begin on another day than Monday, for browsers that do not say: 7 is Sunday, 6 Saturday. */
const SUNDAY = /-(AG|AS|BD|BR|BS|BT|BW|BZ|CA|CO|DM|DO|ET|GT|GU|HK|HN|ID|IL|IN|JM|JP|KE|KH|KR|LA|MH|MM|MO|MT|MX|MZ|NI|NP|PA|PE|PH|PK|PR|PT|PY|SA|SG|SV|TH|TT|TW|UM|US|VE|VI|WS|YE|ZA|ZW)\b/;
const SATURDAY = /-(AE|AF|BH|DJ|DZ|EG|IQ|IR|JO|KW|LY|OM|QA|SD|SY)\b/;

/**
 * The first of `wanted` that Intl can write numbers in.
 * @param {readonly string[]} wanted
 */
export function chooseLocale(wanted) {
  for (const name of wanted) {
    try {
      if (Intl.NumberFormat.supportedLocalesOf(name).length > 0) return name;
    } catch {
      // Not a name at all, such as "C" or "en_US.UTF-8".
    }
  }
  return FALLBACK;
}

/**
 * With which day the week begins: 1 is Monday, 7 Sunday.
 * @param {string} name of a locale
 * @returns {number}
 */
export function firstDayOf(name) {
  /** @type {any} */
  const known = new Intl.Locale(name).maximize();
  const info = known.getWeekInfo?.() ?? known.weekInfo;
  if (info?.firstDay >= 1 && info.firstDay <= 7) return info.firstDay;
  if (SUNDAY.test(known.toString())) return 7;
  return SATURDAY.test(known.toString()) ? 6 : 1;
}

/** The locale of numbers and dates. */
export const locale = chooseLocale(navigator.languages ?? [navigator.language]);

/** With which day weeks begin here: 1 is Monday, 7 Sunday. */
export const firstDay = firstDayOf(locale);
