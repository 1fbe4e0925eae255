// Reads logs as the server does (codes/diagnosis/), with the formats, codes and words of /diagnose/patterns.json.
// Pure functions without a page: the worker imports them, and so do the tests.

const NUMBER = /^[0-9]{1,3}$/;
const METHOD = /^[A-Z]{3,20}$/;
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;
const DIRECTIVES = new Set(["Fields", "Version", "Software", "Date", "Start-Date", "End-Date", "Remark"]);
const NO_DETAIL = new Set(["-", "0", "----"]);
const MAX_CLOCK = 19;
const MAX_REMEMBERED = 4096;

const shown = (text) => text.replace(UNPRINTABLE, "\ufffd");
const before = (text, end) => {
  const place = text.indexOf(end);
  return place < 0 ? text : text.slice(0, place);
};
// A part of a text keeps the whole text in memory, which may be a megabyte of the file.
const apart = (text) => JSON.parse(JSON.stringify(text));
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

const remembering = (make) => {
  const known = new Map();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      if (known.size >= MAX_REMEMBERED) known.clear();
      value = make(text);
      known.set(apart(text), value);
    }
    return value;
  };
};

// The values of a field, whether its name leads into objects or has dots itself.
const valuesOf = (fields, name) => {
  const values = Object.hasOwn(fields, name) ? [fields[name]] : [];
  if (name.includes(".")) {
    let value = fields;
    for (const part of name.split(".")) {
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      value = isObject && Object.hasOwn(value, part) ? value[part] : undefined;
    }
    if (value !== undefined && value !== null) values.push(value);
  }
  return values;
};

// Reads one line after another, with what lines before said.
class LineReader {
  constructor(reading) {
    this.reading = reading;
    this.limits = reading.limits;
    this.formats = reading.formats.map((form) => ({ ...form, pattern: new RegExp(form.pattern) }));
    this.clocks = reading.clocks.map((clock) => new RegExp(clock));
    this.prefix = new RegExp(reading.prefix);
    this.colours = new RegExp(reading.colours, "g");
    this.pair = new RegExp(reading.pair, "g");
    this.epoch = new RegExp(reading.epoch);
    this.origin = new RegExp(reading.origin);
    this.identifier = new RegExp(reading.identifier, "g");
    this.columns = [];
    this.started = new Map();
    this.isUtc = false;
    this.seconds = remembering((text) => this.readTime(text));
    this.path = remembering((address) => this.foldPath(address));
  }

  read(line) {
    if (line.length < this.limits.MIN_LINE || line.length > this.limits.MAX_LINE) return null;
    const plain = line.includes("\x1b") ? line.replace(this.colours, "") : line;
    const entry = this.readPlain(plain);
    if (entry) return entry;
    const prefix = this.prefix.exec(plain);
    const inner = prefix && this.readPlain(plain.slice(prefix[0].length));
    if (inner && inner.seconds === null) inner.seconds = this.seconds(plain.slice(0, MAX_CLOCK));
    return inner;
  }

  readPlain(line) {
    if (line.startsWith("#")) return this.directive(line);
    if (line.startsWith("{")) return this.object(line);
    const row = this.columns.length ? this.row(line) : null;
    if (row) return row;
    for (let place = 0; place < this.formats.length; place += 1) {
      const match = this.formats[place].pattern.exec(line);
      if (!match) continue;
      const form = this.formats[place];
      if (place) {
        this.formats.splice(place, 1);
        this.formats.unshift(form);
      }
      return this.matched(form, match.groups ?? {});
    }
    return this.pairs(line);
  }

  matched({ kind, label }, parts) {
    let seconds = this.seconds(parts.time ?? "");
    if (kind === "error") {
      return { kind, label, status: 0, seconds, path: "", detail: "", level: parts.level.toLowerCase(), message: parts.message ?? "" };
    }
    if (kind === "context") return { kind, label, seconds: null };
    let path = "path" in parts ? this.path(parts.path ?? "") : this.requested(parts.request ?? "");
    const tag = parts.tag ?? "";
    if (kind === "start") {
      if (this.started.size >= this.limits.MAX_STARTED) this.started.delete(this.started.keys().next().value);
      this.started.set(apart(tag), [path, seconds]);
      return { kind: "context", label, seconds: null };
    }
    if (kind === "end") {
      [path, seconds] = this.started.get(tag) ?? ["", null];
      this.started.delete(tag);
    }
    const status = NUMBER.test(parts.status) ? Number(parts.status) : 0;
    return { kind: "access", label, status, seconds, path, detail: this.detail(parts.detail ?? "") };
  }

  directive(line) {
    const name = before(line.slice(1), ":");
    if (name.length + 1 === line.length || !DIRECTIVES.has(name)) return null;
    if (name === "Fields") this.columns = line.slice(name.length + 2).split(/\s+/).filter(Boolean).slice(0, 100);
    return { kind: "context", label: "", seconds: null };
  }

  row(line) {
    const values = line.split(line.includes("\t") ? "\t" : " ");
    if (values.length !== this.columns.length) return null;
    const fields = Object.fromEntries(this.columns.map((name, place) => [name, values[place]]));
    if ("date" in fields && "time" in fields) fields.time = `${fields.date} ${fields.time}`;
    return this.named(fields);
  }

  object(line) {
    let value;
    try {
      value = JSON.parse(line);
    } catch {
      return null;
    }
    return typeof value === "object" && value !== null && !Array.isArray(value) ? this.named(value) : null;
  }

  pairs(line) {
    if (!line.includes("status=")) return null;
    const fields = {};
    for (const [, name, quoted, plain] of line.matchAll(this.pair)) {
      Object.defineProperty(fields, name, { value: quoted || plain || "", enumerable: true, configurable: true, writable: true });
    }
    return this.named(fields);
  }

  found(fields, part) {
    const texts = [];
    for (const name of this.reading.fields[part]) {
      for (const value of valuesOf(fields, name)) {
        if (typeof value === "string" || typeof value === "number") texts.push(String(value));
      }
    }
    return texts;
  }

  named(fields) {
    const label = this.reading.named_by.find(([, names]) => names.some((name) => valuesOf(fields, name).length))?.[0] ?? "JSON";
    const seconds = this.seconds(this.found(fields, "time")[0] ?? "");
    const status = this.found(fields, "status").find((each) => NUMBER.test(each));
    const method = this.found(fields, "method").find((each) => METHOD.test(each));
    const path = this.found(fields, "path").find((each) => each.startsWith("/") || each.includes("://"));
    const request = this.found(fields, "request")[0] ?? "";
    if (status && (method || path || request.includes(" "))) {
      const read = path ? this.path(path) : this.requested(request);
      const detail = this.detail(this.found(fields, "detail")[0] ?? "");
      return { kind: "access", label, status: Number(status), seconds, path: read, detail };
    }
    const [level] = this.found(fields, "level");
    const [message] = this.found(fields, "message");
    if (!level || !message || seconds === null) return null;
    return { kind: "error", label, status: 0, seconds, path: "", detail: "", level: level.toLowerCase(), message };
  }

  readTime(text) {
    for (const clock of this.clocks) {
      const match = clock.exec(text);
      if (match) return this.withinCalendar(this.secondsOf(match.groups));
    }
    if (!this.epoch.test(text)) return null;
    this.isUtc = true;
    const whole = before(text, ".");
    // Seconds, milliseconds, microseconds or nanoseconds
    return this.withinCalendar(Number(whole.slice(0, whole.length - Math.floor(whole.slice(10).length / 3) * 3)));
  }

  // The seconds, null where a date has no way to say them.
  withinCalendar(seconds) {
    return seconds > this.limits.MAX_SECONDS ? null : seconds;
  }

  secondsOf(parts) {
    const [year, day, hour, minute, second] = ["y", "d", "h", "min", "s"].map((name) => Number(parts[name]));
    const named = this.reading.months.indexOf((parts.month ?? "").toLowerCase()) + 1;
    const month = named || Number(parts.m ?? 0);
    const fits = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second <= 60;
    return fits ? Date.UTC(year, month - 1, day, hour, minute, second) / 1000 : null;
  }

  requested(request) {
    const words = request.split(" ");
    return words.length > 1 ? this.path(words[1]) : "";
  }

  foldPath(address) {
    let path = address.slice(0, 2000).replace(this.origin, "");
    for (const end of "?#;") path = before(path, end);
    path = apart(shown(path.replace(this.identifier, "/:id")));
    return path.length <= this.limits.MAX_PATH ? path : `${path.slice(0, this.limits.MAX_PATH - 1)}…`;
  }

  detail(text) {
    return NO_DETAIL.has(text) || !text ? "" : apart(shown(text.slice(0, 40)));
  }
}

const addTime = (span, seconds) => {
  if (seconds === null) return;
  if (span.first === null || seconds < span.first) span.first = seconds;
  if (span.last === null || seconds > span.last) span.last = seconds;
};
const newSpan = () => ({ first: null, last: null });
const increase = (counts, key, by = 1) => counts.set(key, (counts.get(key) ?? 0) + by);
// Sorting keeps the order of equals, in both languages.
const byCount = (counts) => [...counts].sort((one, other) => other[1] - one[1]);

// Counts the lines of a log, in bounded memory.
export class Tally {
  constructor(reading) {
    this.reader = new LineReader(reading);
    this.limits = reading.limits;
    this.units = reading.units;
    this.quiet = new Set(reading.quiet);
    this.varying = new RegExp(reading.varying, "g");
    this.messageEnd = reading.message_end;
    this.lines = this.requests = this.unread = this.errorLines = 0;
    this.samples = [];
    this.labels = new Map();
    this.span = newSpan();
    this.statuses = new Map();
    this.errors = new Map();
  }

  add(raw) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (!/[^ \t]/.test(line)) return;
    this.lines += 1;
    const entry = this.reader.read(line);
    if (!entry) {
      this.unread += 1;
      const { MAX_SAMPLES, MAX_SAMPLE } = this.limits;
      if (this.samples.length < MAX_SAMPLES) {
        this.samples.push(apart(shown(line.slice(0, MAX_SAMPLE)) + (line.length > MAX_SAMPLE ? "…" : "")));
      }
      return;
    }
    this.count(entry, line);
  }

  count(entry, line) {
    if (entry.label) increase(this.labels, entry.label);
    if (entry.kind === "access") {
      this.requests += 1;
      addTime(this.span, entry.seconds);
      let status = this.statuses.get(entry.status);
      if (!status) {
        status = { count: 0, span: newSpan(), paths: new Map(), details: new Map(), buckets: new Map(), unit: 0 };
        this.statuses.set(entry.status, status);
      }
      this.addTo(status, entry);
    } else if (entry.kind === "error") {
      addTime(this.span, entry.seconds);
      if (!this.quiet.has(entry.level)) this.addError(entry, line);
    }
  }

  addTo(status, { seconds, path, detail }) {
    const { MAX_PATHS, MAX_DETAILS, MAX_BUCKETS } = this.limits;
    status.count += 1;
    addTime(status.span, seconds);
    if (path) {
      if (status.paths.size >= MAX_PATHS && !status.paths.has(path)) {
        const kept = new Set(byCount(status.paths).slice(0, Math.floor(status.paths.size / 2)).map(([key]) => key));
        status.paths = new Map([...status.paths].filter(([key]) => kept.has(key)));
      }
      increase(status.paths, path);
    }
    if (detail && (status.details.has(detail) || status.details.size < MAX_DETAILS)) increase(status.details, detail);
    if (seconds === null) return;
    increase(status.buckets, Math.floor(seconds / this.units[status.unit]));
    while (status.buckets.size > MAX_BUCKETS && status.unit + 1 < this.units.length) {
      const factor = this.units[status.unit + 1] / this.units[status.unit];
      status.unit += 1;
      const longer = new Map();
      for (const [bucket, count] of status.buckets) increase(longer, Math.floor(bucket / factor), count);
      status.buckets = longer;
    }
  }

  addError(entry, line) {
    this.errorLines += 1;
    const shape = before(entry.message, this.messageEnd).slice(0, 400).replace(this.varying, "0").slice(0, 200);
    let error = this.errors.get(shape);
    if (!error) {
      if (this.errors.size >= this.limits.MAX_SHAPES) return;
      const { level, message } = entry;
      error = { level: apart(level), message: apart(message), line: apart(shown(line.slice(0, 2000))), count: 0, span: newSpan() };
      this.errors.set(apart(shape), error);
    }
    error.count += 1;
    addTime(error.span, entry.seconds);
  }
}

// Finds texts of errors, as codes/search/error_texts.py does.
export class ErrorMatcher {
  constructor({ errors, patterns, matching }) {
    this.errors = errors;
    this.matching = matching;
    this.spaces = new RegExp(matching.spaces, "g");
    this.word = new RegExp(matching.word, "gu");
    this.caseMatters = new RegExp(matching.case_matters);
    this.inPath = new RegExp(matching.in_path);
    this.byWord = new Map();
    for (const [word, error, fragments, exact, flags] of patterns) {
      if (!this.byWord.has(word)) this.byWord.set(word, []);
      this.byWord.get(word).push({ error, fragments, exact, starts: flags % 2 > 0, ends: flags > 1 });
    }
  }

  // The text that fits best, undefined if there is none.
  find(text) {
    return this.findAll(text)[0];
  }

  // The texts that fit, the best first.
  findAll(text) {
    const shape = [...text].map((sign) => this.matching.same[sign] ?? sign).join("").replace(this.spaces, "").trim().split(/\s+/).join(" ");
    const small = shape.toLowerCase();
    const first = small.search(/[\p{L}\p{N}]/u);
    const last = small.length - [...small].reverse().join("").search(/[\p{L}\p{N}]/u) - 1;
    const query = { shape, small, isAll: (begin, end) => begin <= (first < 0 ? small.length : first) && (first < 0 ? -1 : last) < end };
    const found = new Map();
    for (const word of new Set(small.match(this.word) ?? [])) {
      for (const pattern of this.byWord.get(word) ?? []) {
        const match = this.match(pattern, query);
        const best = found.get(pattern.error);
        if (match && (!best || match.length > best.length)) found.set(pattern.error, { ...match, text: this.errors[pattern.error] });
      }
    }
    const order = [...found.values()].sort(
      (one, other) =>
        (one.text.match === "frame") - (other.text.match === "frame") ||
        (one.text.sure === "maybe") - (other.text.sure === "maybe") ||
        other.whole - one.whole ||
        other.length - one.length,
    );
    return order.map((match) => match.text);
  }

  match(pattern, query) {
    const [first, ...others] = pattern.fragments;
    const { small } = query;
    let begin = small.indexOf(first);
    for (let place = 0; place < this.matching.max_places; place += 1) {
      if (begin < 0) return null;
      let end = begin + first.length;
      const isHere = others.every((fragment) => {
        const next = small.indexOf(fragment, end);
        if (next < 0 || next > end + this.matching.max_gap) return false;
        end = next + fragment.length;
        return true;
      });
      if (isHere && this.fits(pattern, query, begin, end)) {
        return { length: pattern.fragments.reduce((sum, each) => sum + each.length, 0), whole: query.isAll(begin, end) };
      }
      begin = small.indexOf(first, begin + 1);
    }
    return null;
  }

  fits({ error, fragments, exact, starts, ends }, { shape, small, isAll }, begin, end) {
    const joins = (left, right) => /^[A-Za-z0-9_]{2}$/.test((left ?? "") + (right ?? ""));
    const [previous, next] = [small[begin - 1], small[end]];
    if ((starts && joins(previous, small[begin])) || (ends && joins(small[end - 1], next))) return false;
    const alone = isAll(begin, end);
    if (exact) {
      if (this.caseMatters.test(exact) || !alone) {
        if (shape.slice(begin, end) !== exact && fragments.length === 1) return false;
        if (next === "-" || next === "_" || (next === "." && /[\p{L}\p{N}]/u.test(small[end + 1] ?? ""))) return false;
      }
      return !this.inPath.test(small.slice(Math.max(begin - 2, 0), begin));
    }
    if (this.errors[error].match === "weak") {
      const [product] = this.errors[error].product.toLowerCase().split(/\s+/);
      const named = new RegExp(`(?<![\\p{L}\\p{N}_])${product.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")}(?![\\p{L}\\p{N}_])`, "u");
      return alone || (product.length > 3 && named.test(small));
    }
    return true;
  }
}

const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, key) => values[key]);

// The parts of a line of an error log, as codes/diagnosis/error_lines.py finds them.
const readParts = (whole, { patterns, safe, max, ...languages }, language) => {
  const says = languages[language];
  const line = whole.slice(0, max);
  const find = (name) => new RegExp(patterns[name], "d").exec(line);
  const parts = [];
  const add = ([start, end], label, meaning, value = "", kind = "") => parts.push({ start, end, label, meaning, value, kind });
  const time = find("TIME");
  if (time) {
    const clock = time[1] ?? time[2] ?? time[3];
    add(time.indices[0], clock, says.time, clock, "time");
  }
  const errno = find("ERRNO");
  if (errno) {
    const said = (errno[2] ?? errno[3]).trim();
    add(errno.indices[0], says.reasons[errno[1]] ?? said, fill(says.errno, { number: errno[1] }), errno[1]);
  }
  const phase = find("PHASE");
  if (phase) {
    const words = (phase[1] ?? "").trim();
    const [label, meaning] = Object.hasOwn(says.phases, words) ? says.phases[words] : [words, says.phase];
    add(phase.indices[phase[1] ? 1 : 0], label, meaning);
  }
  const request = find("REQUEST");
  if (request) add(request.indices[1], request[2], safe.includes(request[2]) ? says.safe : says.unsafe, request[2]);
  const upstream = find("UPSTREAM");
  if (upstream) {
    const group = upstream[1] ? 1 : 2;
    const address = new RegExp(patterns.ADDRESS).exec(upstream[group]);
    const label = address ? `${address[1]}:${address[2]}` : upstream[group].slice(0, 60);
    add(upstream.indices[group], label, says.where, upstream[group], "where");
  }
  parts.sort((one, other) => one.start - other.start);
  return parts.reduce((apart, part) => (!apart.length || part.start >= apart.at(-1).end ? [...apart, part] : apart), []);
};

const markedPieces = (line, parts) => {
  const pieces = [];
  let place = 0;
  parts.forEach((part, index) => {
    pieces.push({ text: line.slice(place, part.start), number: 0 }, { text: line.slice(part.start, part.end), number: index + 1 });
    place = part.end;
  });
  return [...pieces, { text: line.slice(place), number: 0 }].filter((piece) => piece.text);
};

const nextSteps = (parts, { patterns, ...languages }, language) => {
  const says = languages[language];
  const where = parts.find((part) => part.kind === "where")?.value;
  if (!where) return [];
  const steps = [];
  const address = new RegExp(patterns.ADDRESS).exec(where);
  if (address) steps.push({ text: fill(says.listening, { port: address[2] }), command: `ss -ltnp | grep ':${address[2]}'` });
  const plain = new RegExp(patterns.PLAIN_ADDRESS).exec(where);
  if (plain) steps.push({ text: says.asking, command: `curl -v ${plain[0]}` });
  const clock = parts.find((part) => part.kind === "time")?.value;
  if (clock) steps.push({ text: fill(says.reading, { time: clock }), command: "" });
  return steps;
};

// What stands out, as rows and sentences.
class Report {
  constructor(tally, patterns, language) {
    this.tally = tally;
    this.patterns = patterns;
    this.language = language;
    this.words = patterns.words[language];
    this.limits = patterns.reading.limits;
    this.units = patterns.reading.units;
    const { first, last } = tally.span;
    this.hasDates = first !== null && Math.floor(first / 86400) !== Math.floor(last / 86400);
    const count = (number) => tally.statuses.get(number).count;
    const isBad = (number) => number >= this.limits.BAD_FROM || number < 100;
    const isServers = (number) => Math.floor(number / 100) === 5;
    const numbers = [...tally.statuses.keys()];
    this.bad = numbers.filter(isBad).sort((one, other) => isServers(other) - isServers(one) || count(other) - count(one) || one - other);
    this.good = numbers.filter((number) => !isBad(number)).sort((one, other) => count(other) - count(one) || one - other);
    const errors = [...tally.errors.values()].sort((one, other) => other.count - one.count).slice(0, this.limits.MAX_MATCHED);
    const matcher = errors.length ? new ErrorMatcher(patterns) : null;
    const found = errors.map((error) => [error, matcher.find(error.message.slice(0, 1500))]);
    this.errors = found.sort((one, other) => !one[1] - !other[1]).slice(0, this.limits.MAX_ERRORS);
  }

  say(name, values = {}) {
    return fill(this.words[name], values);
  }

  time(seconds) {
    const text = new Date(seconds * 1000).toISOString();
    return `${this.hasDates ? `${text.slice(5, 10)} ` : ""}${text.slice(11, 16)}`;
  }

  data() {
    const { tally, limits } = this;
    const notable = this.bad.reduce((sum, number) => sum + tally.statuses.get(number).count, 0) + tally.errorLines;
    const good = tally.lines > 1 ? "headline_good" : "headline_good_one";
    const rows = this.bad.slice(0, limits.MAX_ROWS);
    const most = Math.max(1, ...rows.map((number) => tally.statuses.get(number).count));
    const labels = byCount(tally.labels).map(([label]) => label);
    const headline = this.say(notable ? "headline" : good, { count: grouped(notable), lines: grouped(tally.lines) });
    const drawn = rows.map((number) => this.row(number, most));
    const errors = this.errors.map(([error, text]) => this.error(error, text));
    const moreErrors = tally.errors.size - this.errors.length;
    return {
      headline,
      span: this.span(),
      totals: this.totals(),
      formats: labels.length ? this.say("read_as", { formats: labels.join(", ") }) : "",
      unread: this.say("unread", { count: grouped(tally.unread) }),
      samples: tally.samples,
      rows: drawn,
      more_rows: this.bad.length > rows.length ? this.say("more_rows", { count: grouped(this.bad.length - rows.length) }) : "",
      fine: this.good.slice(0, limits.MAX_ROWS).map((number) => ({ ...this.link(number), count: grouped(tally.statuses.get(number).count) })),
      chart: rows.length ? this.chart(rows[0]) : null,
      errors,
      more_errors: moreErrors ? this.say("more_errors", { count: grouped(moreErrors) }) : "",
      next: this.next(),
      markdown: this.markdown(headline, drawn, errors),
    };
  }

  span() {
    const { first, last } = this.tally.span;
    if (first === null) return "";
    const [from, to] = [first, last].map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " "));
    const end = this.hasDates ? to : to.slice(11);
    const text = end === from.slice(11) ? from : `${from}–${end}`;
    return this.tally.reader.isUtc ? `${text} UTC` : text;
  }

  totals() {
    const counts = new Map([[5, 0], [4, 0], [0, 0]]);
    for (const number of this.bad) {
      const digit = Math.floor(number / 100);
      increase(counts, counts.has(digit) ? digit : 0, this.tally.statuses.get(number).count);
    }
    return [...counts]
      .filter(([, count]) => count)
      .map(([digit, count]) => ({ digit: digit ? String(digit) : "", label: digit ? `${digit}xx` : "000", share: this.share(count) }));
  }

  share(count) {
    const total = this.tally.requests;
    const tenths = Math.floor((count * 2000 + total) / (2 * total));
    return tenths ? `${Math.floor(tenths / 10)}.${tenths % 10}%` : "<0.1%";
  }

  code(number) {
    const code = this.patterns.codes[number];
    const path = code?.url ?? `/${String(number).padStart(3, "0")}/`;
    const [name, summary, step, finer] = code?.[this.language] ?? ["", "", "", {}];
    return { url: this.address(path), name, summary, step, finer, boxes: code?.boxes ?? [] };
  }

  address(path) {
    return this.language === "ko" ? path : `/${this.language}${path}`;
  }

  link(number) {
    const { url, name } = this.code(number);
    const digit = Math.floor(number / 100);
    return { label: String(number).padStart(3, "0"), digit: digit >= 1 && digit <= 5 ? String(digit) : "", url, name };
  }

  number(count) {
    return this.say(count === 1 ? "number_one" : "number", { count: grouped(count) });
  }

  row(number, most) {
    const status = this.tally.statuses.get(number);
    const { summary, step, boxes, finer } = this.code(number);
    const { MAX_ROW_PATHS, MAX_ROW_DETAILS } = this.limits;
    const notes = [];
    const cluster = this.cluster(status);
    if (cluster) {
      const [first, last, count] = cluster;
      const values = { count: grouped(count), first: this.time(first), last: this.time(last) };
      notes.push(this.say(first === last ? "cluster_one" : "cluster", values));
    }
    const paths = byCount(status.paths).slice(0, MAX_ROW_PATHS);
    const probe = new RegExp(this.patterns.reading.probe);
    if (Math.floor(number / 100) === 4 && paths.length && paths.slice(0, 2).every(([path]) => probe.test(path))) {
      notes.push(this.say("probe"));
    }
    const base = number >= 100 && number <= 599 ? Math.floor(number / 100) * 100 : 500;
    const labels = [...this.tally.labels.keys()].join(" ");
    const named = boxes.filter((box) => box.split(/\s+/).some((word) => labels.includes(word)));
    const shownBoxes = (named.length ? named : boxes).slice(0, this.limits.MAX_BOXES).join(", ");
    return {
      ...this.link(number),
      summary: summary || this.say("unknown", { base }),
      step,
      count: this.number(status.count),
      share: this.say("share", { share: this.share(status.count) }),
      width: Math.max(1, Math.floor((status.count * 100) / most)),
      times: this.times(status.span),
      notes,
      paths: paths.map(([path, count]) => ({ path, count: grouped(count) })),
      details: byCount(status.details).slice(0, MAX_ROW_DETAILS).map(([detail, count]) => {
        const value = /^[0-9]+$/.test(detail) ? `${String(number).padStart(3, "0")}.${detail}` : detail;
        const known = [value, `${value.slice(0, 2)}--`, ...value.split(",")].find((each) => Object.hasOwn(finer, each));
        return { value, meaning: finer[known] ?? "", count: grouped(count) };
      }),
      log_only: shownBoxes ? this.say("log_only", { boxes: shownBoxes }) : "",
    };
  }

  times({ first, last }) {
    if (first === null) return "";
    const [from, to] = [this.time(first), this.time(last)];
    return from === to ? from : this.say("times", { first: from, last: to });
  }

  whole(unit) {
    const { first, last } = this.tally.span;
    const size = this.units[unit];
    return first === null ? 0 : Math.floor(last / size) - Math.floor(first / size) + 1;
  }

  cluster(status) {
    const { MIN_CLUSTER, CLUSTER_SHARE } = this.limits;
    const timed = [...status.buckets.values()].reduce((sum, count) => sum + count, 0);
    if (timed < MIN_CLUSTER) return null;
    const keys = [...status.buckets.keys()].sort((one, other) => one - other);
    let best = null;
    let start = 0;
    let inside = 0;
    for (const key of keys) {
      inside += status.buckets.get(key);
      while ((inside - status.buckets.get(keys[start])) * 100 >= timed * CLUSTER_SHARE) {
        inside -= status.buckets.get(keys[start]);
        start += 1;
      }
      if (inside * 100 >= timed * CLUSTER_SHARE && (!best || key - keys[start] < best[1] - best[0])) best = [keys[start], key, inside];
    }
    if (!best || (best[1] - best[0] + 1) * 4 > this.whole(status.unit)) return null;
    const size = this.units[status.unit];
    return [best[0] * size, best[1] * size, best[2]];
  }

  chart(number) {
    const status = this.tally.statuses.get(number);
    const whole = this.whole(status.unit);
    const timed = [...status.buckets.values()].reduce((sum, count) => sum + count, 0);
    if (whole < 3 || timed < this.limits.MIN_CLUSTER) return null;
    const { MAX_BARS, BAR_WIDTH, BAR_HEIGHT, CHART_HEIGHT } = this.limits;
    const size = this.units[status.unit];
    const step = Math.ceil(whole / MAX_BARS);
    const begin = Math.floor(this.tally.span.first / size);
    const counts = new Array(Math.ceil(whole / step)).fill(0);
    for (const [bucket, count] of status.buckets) counts[Math.floor((bucket - begin) / step)] += count;
    const most = Math.max(...counts);
    const starts = counts.map((_count, place) => (begin + place * step) * size);
    const ends = new Set([...[0, 1, 2].map((part) => Math.floor((counts.length * part) / 3)), counts.length - 1]);
    const minutes = (size * step) / 60;
    const [name, length] = minutes % 60 ? ["chart_minutes", minutes] : ["chart_hours", minutes / 60];
    const bars = [];
    counts.forEach((count, place) => {
      const height = Math.max(1, Math.floor((count * BAR_HEIGHT) / most));
      if (count) bars.push({ x: place * BAR_WIDTH + 1, y: CHART_HEIGHT - height, height });
    });
    return {
      digit: this.link(number).digit,
      caption: this.say(name, { code: String(number).padStart(3, "0"), size: length }),
      says: this.say("chart_says", { time: this.time(starts[counts.indexOf(most)]), count: grouped(most) }),
      width: counts.length * BAR_WIDTH,
      bars,
      ticks: [...ends].map((place) => this.time(starts[place])),
    };
  }

  error(error, text) {
    const found = readParts(error.line, this.patterns.error_lines, this.language);
    const parts = found.length > 1 ? found : [];
    const [meaning, next] = text?.[this.language] ?? [this.say("no_text"), ""];
    return {
      count: this.number(error.count),
      times: this.times(error.span),
      level: error.level,
      says: text ? this.say("says", { product: text.product }) : "",
      text: text?.text ?? "",
      url: text ? this.address(text.url) : "",
      meaning,
      next,
      codes: (text?.codes ?? []).slice(0, 3).map((number) => this.link(number)),
      pieces: markedPieces(error.line, parts),
      parts: parts.map((part) => ({ label: part.label, meaning: part.meaning })),
      steps: nextSteps(parts, this.patterns.error_lines, this.language),
    };
  }

  // For a ticket, without lines of the log: those hold what others should not see.
  markdown(headline, rows, errors) {
    const cells = (texts) => `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
    const code = (text) => `\`${text.replaceAll("\`", "'")}\``;
    const lines = [`## ${headline}`, "", this.span(), ""];
    if (rows.length) {
      const head = ["code", "lines", "when", "paths"].map((name) => this.words[name]);
      lines.push(cells(head), cells(head.map(() => "---")));
    }
    for (const row of rows) {
      const paths = row.paths.map(({ path, count }) => `${code(path)} ${count}`).join(", ");
      const when = [row.times, ...row.notes].filter(Boolean).join(" · ");
      lines.push(cells([`${row.label} ${row.name}`, `${row.count} (${row.share})`, when, paths]));
    }
    if (rows.length) lines.push("");
    for (const error of errors) {
      const said = error.text ? `${code(error.text)}: ` : "";
      lines.push(`- ${error.count}: ${said}${error.meaning} ${error.next}`.trimEnd());
    }
    if (errors.length) lines.push("");
    const sentences = this.next();
    if (sentences.length) lines.push(`**${this.words.first}** ${sentences.join(" ")}`);
    return `${lines.join("\n").trim()}\n`;
  }

  next() {
    const known = this.errors.find(([, text]) => text);
    if (known) return [known[1][this.language][1]];
    const [worst] = this.bad;
    if (worst === undefined) return this.tally.errors.size ? [] : [this.say("next_good")];
    const sentences = [];
    const cluster = this.cluster(this.tally.statuses.get(worst));
    if (cluster) sentences.push(this.say("next_cluster", { time: this.time(cluster[0]) }));
    const { step } = this.code(worst);
    if (step) sentences.push(step);
    if (Math.floor(worst / 100) === 5 && !this.tally.errors.size) sentences.push(this.say("next_paste"));
    return sentences;
  }
}

// Takes a log in pieces, which may end within a line.
export class LogReader {
  constructor(patterns) {
    this.patterns = patterns;
    this.tally = new Tally(patterns.reading);
    this.rest = "";
    this.limit = patterns.reading.limits.MAX_LINE;
  }

  push(piece) {
    const lines = piece.split("\n");
    lines[0] = this.rest + lines[0];
    this.rest = lines.pop();
    for (const line of lines) this.tally.add(line);
    // Of an endless line only so much is kept that it counts as too long.
    if (this.rest.length > this.limit) this.rest = apart(this.rest.slice(0, this.limit + 1));
  }

  report(language) {
    this.tally.add(this.rest);
    this.rest = "";
    return reportOn(this.tally, this.patterns, language);
  }
}

export const reportOn = (tally, patterns, language) => (tally.labels.size ? new Report(tally, patterns, language).data() : null);

export const readLog = (text, patterns, language) => {
  const reader = new LogReader(patterns);
  reader.push(text);
  return reader.report(language);
};

// A text of an error: who says it, what it means and what to do, as ErrorCard of codes/diagnosis/ has it, with whether
// the text is no log besides. Null if it has no such text.
export const readCard = (pasted, patterns, language) => {
  const { card, matching } = patterns;
  const text = pasted
    .replace(/^\ufeff/, "")
    .replace(/\r\n?/g, "\n")
    .replace(new RegExp(card.ansi, "g"), "")
    .replace(new RegExp(card.control, "gu"), "\ufffd");
  const found = new ErrorMatcher(patterns).findAll(text.slice(0, card.max_text).replace(new RegExp(matching.console, "g"), "")).slice(0, 4);
  if (!found.length) return null;
  const [entry, ...others] = found;
  const report = new Report(new Tally(patterns.reading), patterns, language);
  const lines = firstLines(text, 50);
  const partsOf = (line) => readParts(line, patterns.error_lines, language);
  const line = lines.slice(0, 20).reduce((best, each) => (partsOf(each).length > partsOf(best).length ? each : best), lines[0] ?? "").slice(0, card.max_line);
  const all = partsOf(line);
  const parts = all.length > 1 ? all : [];
  const codes = entry.codes.map((number) => report.link(number));
  const said = card[language];
  const link = (error) => ({ text: error.text, lang: error.lang, url: report.address(error.url) });
  const [meaning, next] = entry[language];
  const first = patterns.codes[entry.codes[0]];
  const steps = nextSteps(parts, patterns.error_lines, language);
  const begins = new RegExp(card.log_begins);
  const isLog = lines.length > 2 && lines.filter((each) => begins.test(each)).length * 2 > lines.length;
  const data = {
    pieces: parts.length ? markedPieces(line, parts) : [],
    parts: parts.map((part) => ({ label: part.label, meaning: part.meaning })),
    codes,
    other_name: first?.[language][4] ?? "",
    participants: card.participants[first?.line]?.[language] ?? [],
    steps,
    meaning,
    next,
    product: entry.product,
    said: `${entry.product} · ${said.who[entry.who]} · ${said.sure[entry.sure]}`,
    ...link(entry),
    others: others.map((error) => ({ ...link(error), product: error.product })),
  };
  return { isLog, card: { ...data, markdown: cardMarkdown(data, line, patterns, language) } };
};

// Lines that hold something, as many as are looked at.
const firstLines = (text, most) => {
  const lines = [];
  for (let begin = 0; begin <= text.length && lines.length < most; ) {
    const end = text.indexOf("\n", begin);
    const line = text.slice(begin, end < 0 ? text.length : end);
    if (line.trim()) lines.push(line);
    if (end < 0) break;
    begin = end + 1;
  }
  return lines;
};

const cardMarkdown = (data, line, { card, words }, language) => {
  const special = new RegExp(card.special, "g");
  const plain = (text) => text.trim().split(/\s+/).join(" ").replace(special, "\\$1");
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  const labels = data.codes.map(({ label }) => label).join(", ");
  return [
    `## ${plain(`${data.product}: ${labels}`)}`,
    "",
    `${fence}text`,
    line.slice(0, card.max_head).trim(),
    fence,
    "",
    `- ${plain(data.meaning)}`,
    `- ${words[language].check_first} ${plain(data.next)}`,
    ...data.steps.map(({ text, command }) => `- ${plain(text)}${command ? ` \`${command}\`` : ""}`),
  ].join("\n");
};

// The codes that a text names by their numbers, as links.
export const namedCodes = (text, patterns, language) => {
  const report = new Report(new Tally(patterns.reading), patterns, language);
  const numbers = text.slice(0, 1000).match(/(?<![\w.:])[1-5][0-9]{2}(?![\w.:]*[0-9])/g) ?? [];
  return [...new Set(numbers)].filter((number) => number in patterns.codes).slice(0, 5).map((number) => report.link(Number(number)));
};

const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor((numbers.length - 1) / 2)];
const MAX_HAR_ROWS = 200;
// Distinct hosts, types and codes that are counted apart; what comes later is counted together.
const MAX_HAR_GROUPS = 2000;
const MAX_HAR_TIMES = 5000; // of a group, of which the median is taken

// Counts the requests that a browser recorded (HTTP Archive), some at a time, in bounded memory.
export class HarReader {
  constructor(text, patterns) {
    this.patterns = patterns;
    this.tally = new Tally(patterns.reading);
    const entries = JSON.parse(text)?.log?.entries;
    this.entries = Array.isArray(entries) ? entries : null;
    this.place = 0;
    this.groups = new Map();
    this.rest = { count: 0, longest: undefined };
  }

  // Read on for about so many milliseconds; return the share that was read.
  advance(milliseconds) {
    const end = performance.now() + milliseconds;
    while (this.place < this.entries.length) {
      this.add(this.entries[this.place]);
      // What was counted is not kept.
      this.entries[this.place] = null;
      this.place += 1;
      if (this.place % 200 === 0 && performance.now() > end) break;
    }
    return this.entries.length ? this.place / this.entries.length : 1;
  }

  add(entry) {
    this.tally.lines += 1;
    const { request, response } = entry ?? {};
    const address = String(request?.url ?? "").slice(0, 8000);
    if (!Number.isInteger(response?.status) || response.status < 0 || response.status > 999) {
      this.tally.unread += 1;
      return;
    }
    const seconds = this.tally.reader.seconds(String(entry.startedDateTime ?? "").slice(0, 40));
    this.tally.count({ kind: "access", label: "HAR", status: response.status, seconds, path: this.tally.reader.path(address), detail: "" });
    const host = (/^[a-z]+:\/\/([^/?#]*)/i.exec(address)?.[1] ?? "").slice(0, 255);
    const type = String(entry._resourceType ?? String(response.content?.mimeType ?? "").split(/[;/]/)[0]).slice(0, 40);
    const key = JSON.stringify([host, type, response.status]);
    let group = this.groups.get(key);
    if (!group && this.groups.size >= MAX_HAR_GROUPS) {
      this.rest.count += 1;
      return;
    }
    if (!group) {
      group = { host: apart(shown(host)), type: apart(shown(type)), status: response.status, times: [], count: 0, longest: undefined };
      this.groups.set(key, group);
    }
    group.count += 1;
    if (!Number.isFinite(entry.time)) return;
    if (group.times.length < MAX_HAR_TIMES) group.times.push(entry.time);
    if (group.longest === undefined || entry.time > group.longest) group.longest = entry.time;
  }

  report(language) {
    const report = reportOn(this.tally, this.patterns, language);
    if (!report) return null;
    const isGood = ({ status }) => status >= 100 && status < 400;
    const sorted = [...this.groups.values()].sort((one, other) => isGood(one) - isGood(other) || other.count - one.count);
    const lines = new Report(this.tally, this.patterns, language);
    const milliseconds = (number) => (number === undefined ? "" : `${grouped(Math.round(number))} ms`);
    report.har = sorted.slice(0, MAX_HAR_ROWS).map(({ host, type, status, count, times, longest }) => ({
      ...lines.link(status),
      host,
      type,
      count: grouped(count),
      median: milliseconds(median(times)),
      longest: milliseconds(longest),
    }));
    const together = sorted.slice(MAX_HAR_ROWS).reduce((sum, { count }) => sum + count, this.rest.count);
    report.har_rest = together ? lines.say("har_rest", { count: grouped(together) }) : "";
    return report;
  }
}

export const readHar = (text, patterns, language) => {
  const reader = new HarReader(text, patterns);
  if (!reader.entries) return null;
  while (reader.advance(1000) < 1);
  return reader.report(language);
};
