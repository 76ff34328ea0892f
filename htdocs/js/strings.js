// @ts-check
// Every word that the page shows. A translation replaces this file's values and nothing else.
// Functions take what is put in, already formatted.

/** The locale of numbers and dates. */
export const locale = 'en-GB';

export const strings = {
  product: 'pdu-monitor',
  title: (/** @type {string} */ site, /** @type {string} */ power) => `${power} · ${site}`,
  skip: 'Skip to the readings',

  header: {
    zone: (/** @type {string} */ zone, /** @type {string} */ abbreviation) =>
      zone === abbreviation || zone === `Etc/${abbreviation}` ? abbreviation : `${zone} (${abbreviation})`,
    clock: (/** @type {string} */ time) => `Site time ${time}`,
    updated: (/** @type {string} */ age) => `Updated ${age}`,
    connecting: 'Connecting…',
  },

  health: {
    label: 'Overall state',
    ok: 'All online',
    loading: 'Loading',
    empty: 'No PDU yet',
    waiting: 'Waiting for readings',
    stale: (/** @type {number} */ n) => (n === 1 ? '1 PDU stale' : `${n} PDUs stale`),
    offline: (/** @type {number} */ n) => (n === 1 ? '1 PDU offline' : `${n} PDUs offline`),
    stopped: 'Collector stopped',
    unreachable: 'No connection',
    refused: 'Server not ready',
  },

  now: {
    title: 'Now',
    total: 'Total now',
    members: (/** @type {number} */ n, /** @type {number} */ m) => `${n} of ${m} ${m === 1 ? 'PDU' : 'PDUs'}`,
    unmetered: (/** @type {number} */ n) => `${n} not metered`,
    estimated: 'includes estimates',
    selection: (/** @type {number} */ n, /** @type {number} */ m) => `${n} of ${m} in chart`,
    selectAll: 'Select all',
    list: 'PDUs',
  },

  pdu: {
    include: (/** @type {string} */ name) => `Show ${name} in chart and statistics`,
    online: 'Online',
    stale: 'Stale',
    offline: 'Offline',
    waiting: 'Waiting',
    estimate: 'estimate',
    estimateTitle: 'Computed from current and nominal voltage: this PDU does not measure power.',
    notMetered: 'not metered',
    off: 'off',
    neverRead: 'never read',
    reading: (/** @type {string} */ age) => `Read ${age}`,
    lastReading: (/** @type {string} */ age) => `Last reading ${age}`,
    removed: 'No longer polled',
  },

  /** The page of one PDU. */
  unit: {
    title: (/** @type {string} */ name, /** @type {string} */ site) => `${name} · ${site}`,
    back: 'All PDUs',
    unnamed: (/** @type {number} */ id) => `PDU ${id}`,
    latency: (/** @type {string} */ time) => `answered in ${time}`,
    missing: (/** @type {number} */ id) => `There is no PDU with the number ${id}`,
    missingText: 'It may have been removed from the history, or the link is of another site. The others are under “All PDUs”.',
    identity: 'What it is',
    vendor: 'Vendor',
    model: 'Model',
    serial: 'Serial number',
    firmware: 'Firmware',
    address: 'Address',
    profile: 'Profile',
    deviceName: 'Name on the device',
    host: 'Read through',
    hostUnit: (/** @type {number} */ n) => `as unit ${n}`,
    linked: 'Linked units',
    figures: 'Now',
  },

  /** What is measured of a PDU or a part of it. */
  figures: {
    watts: 'Power',
    load: 'Load',
    amperes: 'Current',
    volts: 'Voltage',
    voltAmperes: 'Apparent power',
    powerFactor: 'Power factor',
    powerFactorShort: 'PF',
    kwh: 'Energy counter',
    since: (/** @type {string} */ moment) => `since ${moment}`,
    rated: (/** @type {string} */ rating) => `rated ${rating}`,
    ofRating: (/** @type {string} */ rating) => `of ${rating}`,
    ofCritical: (/** @type {string} */ critical) => `of ${critical}, which is critical`,
  },

  /** Phases and banks against their ratings. */
  loads: {
    phases: 'Phases',
    banks: 'Banks',
    phase: (/** @type {number} */ n) => `L${n}`,
    bank: (/** @type {number} */ n) => `Bank ${n}`,
    warningAt: (/** @type {string} */ amperes) => `warning at ${amperes}`,
    criticalAt: (/** @type {string} */ amperes) => `critical at ${amperes}`,
    noRating: 'rating not known',
    levels: /** @type {Record<string, string>} */ ({ warning: 'Warning', critical: 'Critical', over: 'Over its rating' }),
    show: 'Show its history',
  },

  outlets: {
    title: 'Outlets',
    outlet: (/** @type {number} */ n) => `Outlet ${n}`,
    caption: (/** @type {string} */ pdu) => `Outlets of ${pdu}`,
    number: 'No.',
    name: 'Name',
    state: 'State',
    feed: 'Fed by',
    watts: 'W',
    amperes: 'A',
    kwh: (/** @type {string} */ unit) => unit,
    hours: 'Last 24 h',
    spoken: {
      number: 'Number', name: 'Name', watts: 'Power in watts', amperes: 'Current in amperes', kwh: 'Energy counter',
    },
    states: /** @type {Record<string, string>} */ ({ on: 'On', off: 'Off', unknown: 'Unknown', fixed: 'Not switched' }),
    since: (/** @type {string} */ moment) => `since ${moment}`,
    notMetered: 'not metered',
    off: 'off',
    counts: (/** @type {number} */ n) => (n === 1 ? '1 outlet' : `${n} outlets`),
    on: (/** @type {number} */ n) => `${n} on`,
    isOff: (/** @type {number} */ n) => `${n} off`,
    unknown: (/** @type {number} */ n) => `${n} unknown`,
    metered: (/** @type {number} */ n, /** @type {number} */ m) => (n === 0 ? 'not metered' : `${n} of ${m} metered`),
    sorted: (/** @type {string} */ column, /** @type {boolean} */ isDescending) =>
      `Sorted by ${column.toLowerCase()}, ${isDescending ? 'descending' : 'ascending'}.`,
  },

  sparkline: {
    range: (/** @type {string} */ low, /** @type {string} */ high) => `Last 24 hours: ${low} to ${high}`,
    steady: (/** @type {string} */ power) => `Last 24 hours: ${power}`,
    gaps: (/** @type {number} */ n) => (n === 1 ? ', 1 hour without readings' : `, ${n} hours without readings`),
    none: 'Last 24 hours: no readings',
  },

  sensors: {
    title: 'Sensors',
    caption: (/** @type {string} */ pdu) => `Sensors of ${pdu}`,
    sensor: (/** @type {number} */ n) => `Sensor ${n}`,
    name: 'Sensor',
    temperature: 'Temperature',
    humidity: 'Humidity',
    read: 'Read',
  },

  events: {
    title: 'Latest events',
    none: 'Nothing has happened yet.',
    kinds: /** @type {Record<string, string>} */ ({
      counter_reset: 'Counter reset', counter_rolled_over: 'Counter rolled over', unit_replaced: 'Unit replaced',
      jump_withheld: 'Jump withheld', jump_confirmed: 'Jump confirmed', jump_dismissed: 'Jump dismissed',
      power_withheld: 'Power withheld', scale_suspected: 'Scale suspected', scale_settled: 'Scale settled',
      correction_made: 'Correction', correction_undone: 'Correction undone', restarted: 'Restarted',
      unreachable: 'Unreachable', reachable: 'Reachable again', switched_on: 'Switched on', switched_off: 'Switched off',
      renamed: 'Renamed',
    }),
  },

  /** Why a PDU could not be read, by the `reason` of the interface: what happened, and what to look at. */
  failures: /** @type {Record<string, string>} */ ({
    timeout: 'No answer. Is it switched on, is SNMP enabled, is the address right?',
    unreachable: 'The network says nothing is at this address.',
    unknown_user: 'The PDU does not know this SNMPv3 user.',
    wrong_auth_passphrase: 'Wrong authentication passphrase.',
    wrong_privacy_passphrase: 'Wrong privacy passphrase.',
    unsupported_security_level: 'The PDU refuses this security level.',
    not_in_time_window: 'Clocks out of step: the PDU rejects the SNMPv3 time window.',
    unsupported_device: 'It answers, but no profile knows this device.',
    bad_response: 'It answers, but not in a way that makes sense.',
    deadline: 'The run ended before this PDU had answered.',
  }),
  failureUnknown: (/** @type {string} */ reason) => `Could not be read (${reason}).`,

  history: {
    title: 'History',
    period: 'Period',
    periods: /** @type {Record<string, string>} */ ({ day: 'Day', week: 'Week', month: 'Month', year: 'Year' }),
    spans: /** @type {Record<string, string>} */ ({
      day: 'Last 24 hours', week: 'Last 7 days', month: 'Last 30 days', year: 'Last 12 months',
    }),
    range: (/** @type {string} */ from, /** @type {string} */ to) => `${from} – ${to}`,
    allPDUs: 'all PDUs',
    element: (/** @type {string} */ name, /** @type {string} */ pdu) => `${name} of ${pdu}`,
    somePDUs: (/** @type {number} */ n) => (n === 1 ? '1 PDU' : `${n} PDUs`),
    asOf: (/** @type {string} */ time) => `Data of ${time}`,
  },

  tiles: {
    energy: 'Energy',
    mean: 'Average',
    maximum: 'Maximum',
    minimum: 'Minimum',
    peak: 'Peak time',
    coverage: 'Coverage',
    coverageNote: 'of the time',
    meanNote: (/** @type {string} */ energy) => `${energy} a day`,
  },

  chart: {
    name: 'Energy and power',
    legend: 'Legend',
    energy: 'Energy',
    mean: 'Mean power',
    band: 'Minimum to maximum',
    gap: 'No readings',
    hole: 'Partly measured',
    partial: 'so far',
    partialLegend: 'Not over yet',
    incomplete: (/** @type {string} */ share) => `${share} covered`,
    interpolated: 'Energy by the counter, across a gap',
    clockChange: 'clock change',
    noReadings: 'No readings',
    showTable: 'Show as table',
    showChart: 'Show as chart',
    loading: 'Loading the chart…',
    whole: (/** @type {string} */ pdu) => `Back to all of ${pdu}`,
    failed: 'The chart could not be loaded. The same data is in the table.',
    minimum: 'Minimum',
    maximum: 'Maximum',
    coverage: 'Coverage',
    none: 'No PDU is selected. Tick one above to see its history.',
    noData: 'No readings in this period yet.',
    waiting: 'Waiting for the first reading…',
    summary: (/** @type {string} */ energy, /** @type {string} */ span, /** @type {string} */ mean) =>
      `${energy} in the ${span.toLowerCase()}, on average ${mean}`,
    summaryPeak: (/** @type {string} */ peak, /** @type {string} */ at) => (at ? `, at most ${peak} on ${at}` : `, at most ${peak}`),
    summaryGaps: (/** @type {number} */ n) => (n === 1 ? '. One interval has no readings.' : `. ${n} intervals have no readings.`),
    summaryEnd: '.',
    summaryNone: (/** @type {string} */ span) => `No readings in the ${span.toLowerCase()}.`,
  },

  table: {
    caption: (/** @type {string} */ span, /** @type {string} */ who, /** @type {string} */ zone) =>
      `Energy and power, ${span.toLowerCase()}, ${who}. Times in ${zone}.`,
    interval: 'Interval',
    energy: (/** @type {string} */ unit) => `Energy (${unit})`,
    mean: (/** @type {string} */ unit) => `Mean (${unit})`,
    minimum: (/** @type {string} */ unit) => `Min (${unit})`,
    maximum: (/** @type {string} */ unit) => `Max (${unit})`,
    coverage: 'Coverage',
    members: 'In the sum',
    total: 'Whole period',
  },

  notices: {
    partFailed: (/** @type {string} */ problem, /** @type {string | null} */ time) =>
      `${problem}${time === null ? '' : ` What you see here is from ${time}.`} Trying again by itself.`,
    unreachable: (/** @type {string} */ detail) => `The server cannot be reached${detail ? ` (${detail})` : ''}.`,
    kept: (/** @type {string} */ time) => `What you see is from ${time}.`,
    retrying: 'Trying again by itself.',
    retryNow: 'Try now',
    timeout: 'no answer in time',
    unintelligible: 'an answer that is not from pdu-monitor',
    status: (/** @type {number} */ code) => `status ${code}`,
    server: (/** @type {string} */ text) => `The server says: ${text}`,
    stopped: (/** @type {string | null} */ duration) => (duration === null ? 'The collector has stopped.' : `No poll for ${duration}.`),
    stoppedText: 'The collector has stopped; what you see is old.',
    timerCommand: 'systemctl status pdu-poll.timer',
    waiting: 'Waiting for the first reading…',
    waitingText: (/** @type {string} */ interval) => `The collector runs every ${interval}. If nothing comes:`,
    emptyTitle: 'No PDU is configured yet',
    emptySteps: [
      { text: 'Ask a PDU whether it answers:', command: 'pductl probe ADDRESS' },
      { text: 'Add it under “pdus:” in the configuration:', command: 'sudoedit /etc/pdu-monitor/pdu-monitor.yaml' },
      { text: 'Start collecting, every minute:', command: 'sudo systemctl enable --now pdu-poll.timer' },
    ],
    emptyEnd: 'Then wait a minute. This page looks by itself.',
    neverText: 'If your PDUs are configured, their readings come with the next full minute. If not:',
  },

  footer: {
    version: (/** @type {string} */ version) => `pdu-monitor ${version}`,
    refresh: 'Refreshes every 30 seconds while visible',
  },

  /** What a screen reader is told when the state changes. */
  announce: {
    pdu: (/** @type {string} */ name, /** @type {string} */ state) => `${name}: ${state}.`,
    unreachable: 'The server cannot be reached.',
    reachable: 'The server can be reached again.',
    stopped: 'The collector has stopped.',
    running: 'The collector is running again.',
    history: (/** @type {string} */ span) => `${span} loaded.`,
  },

  units: {
    now: 'just now',
    seconds: (/** @type {number} */ n) => `${n} s ago`,
    minutes: (/** @type {number} */ n) => `${n} min ago`,
    hours: (/** @type {number} */ n) => `${n} h ago`,
    days: (/** @type {number} */ n) => `${n} days ago`,
    duration: {
      seconds: (/** @type {number} */ n) => (n === 1 ? '1 second' : `${n} seconds`),
      minutes: (/** @type {number} */ n) => (n === 1 ? '1 minute' : `${n} minutes`),
      hours: (/** @type {number} */ n) => (n === 1 ? '1 hour' : `${n} hours`),
      days: (/** @type {number} */ n) => `${n} days`,
    },
    hoursLong: (/** @type {number} */ n) => `${n} h`,
  },
};
