// Logs and errors that somebody pastes, and files, are read in a worker beside the page and sent nowhere. Only a pasted
// response goes to the server, masked. Without this script the form posts what is in it.

const { worker: workerAddress, reading, patterns: patternsAddress, unreachable } = document.querySelector("script[data-reading]").dataset;
const language = document.documentElement.lang;
const form = document.getElementById("diagnose");
const place = document.getElementById("diagnosis");
const MEGABYTE = 1 << 20;
const MAX_FILE = 200 * MEGABYTE;
const LIMITS = { har: 50 * MEGABYTE, unpacked: 2000 * MEGABYTE };
// How a response begins in the forms that the server reads: see codes/diagnosis/messages/.
const RESPONSE = new RegExp(
  [
    /^(?:\x1b\[[0-9;]{0,20}m|[< \t]){0,60}HTTP\/[0-9](?:\.[0-9])?[ \t]+\S/, // curl -i and -v, HTTPie, wget -S
    /^[< \t]{0,60}:status\b/,
    /^[ \t]{0,60}(?:status code|상태 코드)[ \t]{0,9}(?::|$)/, // a browser's panel
    /^[ \t]{0,60}(?:status|상태)[ \t]{0,9}:[ \t]{0,9}[1-5][0-9]{2}\b[^\n]{0,60}\n[ \t]{0,60}(?:source|소스)[ \t]{0,9}:/, // Safari's panel
    /^response headers[ \t]{0,9}$/, // Postman's console
    /(?:["']|\\n)HTTP\/[0-9](?:\.[0-9])? [0-9]{3}[^\n"'\\]{0,80}(?:\\r)?\\n/, // a quoted string, as k6 and Python print it
    /^RawContent {1,30}: HTTP\//, // PowerShell
    /^reply: ['"]HTTP\//, // Python's http.client
    /^[0-9a-f]{4,8}: HTTP\/[0-9.]+ [0-9]/, // curl --trace-ascii
    /^\[[ 0-9.]{1,20}\] recv [^\n]{1,60}:status:/, // nghttp
    /(?:^|[ \t])<-- [1-5][0-9]{2} [^\n]{1,300}\([0-9]+ms/, // OkHttp
    /(?<![^])\s*(?:(?:status:? ?)?[1-5][0-9]{2}(?: [A-Za-z' -]{1,60})?\s*\n)?(?:date|server|content-(?:type|length)|cache-control|location|set-cookie|vary|etag)[ \t]*:/, // fields alone
  ]
    .map(({ source }) => source)
    .join("|"),
  "im",
);

// An object that a program printed, as JSON or as JavaScript writes it. A line of a log is another: it has a time or a level.
const OF_LOGS = ["level", "ts", "time", "@timestamp", "timestamp", "msg", "severity"];
const PRINTED_STATUS = /^[ \t]{0,40}["']?(?:status|statusCode|status_code)["']?[ \t]{0,4}:[ \t]{0,4}[1-5][0-9]{2},?$/m;
const PRINTED_FIELDS = /^[ \t]{0,40}["']?(?:headers|responseHeaders|response_headers)["']?[ \t]{0,4}:[ \t]{0,4}(?:(?:Object )?\[?\w{1,30}\]?[ \t]{0,2}(?:\([0-9]{1,3}\) )?)?\{/m;
const isPrinted = (text) => {
  if (text.length > 64_000) return false;
  try {
    const data = JSON.parse(text);
    const holder = data?.response ?? data;
    const has = (...names) => names.some((name) => holder?.[name]);
    return !OF_LOGS.some((name) => name in data) && has("status", "statusCode", "status_code") && has("headers", "responseHeaders", "response_headers", "multiValueHeaders");
  } catch {
    return PRINTED_STATUS.test(text) && PRINTED_FIELDS.test(text);
  }
};
const isResponse = (text) => RESPONSE.test(text) || isPrinted(text);
// What tells a response ends here.

let patterns;
let running;

const fetchPatterns = async () => {
  const answer = await fetch(patternsAddress);
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

// An element with these attributes, and these children: elements, or texts, which stay texts. Of "" nothing is made.
const make = (name, attributes = {}, ...children) => {
  const isPicture = ["svg", "rect"].includes(name);
  const element = isPicture ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.flat().filter((child) => child !== "" && child !== null && child !== undefined));
  return element;
};
const each = (items, draw) => items.map(draw);

const codeLink = (code) => make("a", { href: code.url }, make("b", { class: "num" }, code.label), ` ${code.name}`);
const counted = (items, key) =>
  items.length ? make("ul", {}, each(items, (item) => make("li", {}, make("code", {}, item[key]), ` ${item.count}${item.meaning ? ` · ${item.meaning}` : ""}`))) : "";

const drawError = (error) =>
  make(
    "article",
    { class: "error-line" },
    drawLogline(error).slice(0, error.parts.length ? 2 : 1),
    each(error.codes, (code) => make("p", { "data-class": code.digit }, codeLink(code))),
    make("p", {}, error.url ? [make("a", { href: error.url }, error.says), ": "] : "", error.meaning),
    make("p", { class: "soft" }, error.count, error.times ? ` · ${error.times}` : ""),
    error.next || error.steps.length
      ? make(
          "ol",
          { class: "do" },
          each(error.next ? [{ text: error.next }, ...error.steps] : error.steps, (step) =>
            make(
              "li",
              {},
              make("div", {}, make("p", {}, step.text), step.command ? make("div", { class: "snippet" }, make("code", {}, step.command)) : ""),
            ),
          ),
        )
      : "",
  );

const drawLogline = ({ pieces, parts }) => [
  make(
    "pre",
    { class: "logline", tabindex: 0 },
    each(pieces, ({ text, number }) => (number ? [make("mark", {}, text), make("sup", {}, String(number))] : text)).flat(),
  ),
  make(
    "dl",
    { class: "keys" },
    each(parts, (part, place) => make("div", {}, make("dt", {}, String(place + 1)), make("dd", {}, part.label, make("small", {}, part.meaning)))),
  ),
];
const drawText = ({ text, lang, url }) => make("a", { href: url }, make("samp", { lang }, text));
const drawMarkdown = (text, words) =>
  make(
    "details",
    { class: "fold copied" },
    make("summary", {}, words.as_markdown),
    make("div", { class: "snippet", "data-copy": words.copy }, make("textarea", { readonly: "", rows: 10, "aria-label": words.as_markdown }, text)),
  );
// What is copied goes to other people: without addresses and secrets, unless somebody asked for them.
const masked = (text) => (form.elements.masked?.checked ? maskSecrets(text) : maskPrivate(text));

// The same as templates/codes/includes/error_card.html.
const drawCard = (card, words) => {
  const [code, ...also] = card.codes;
  return make(
    "section",
    { class: "state", "data-class": code.digit, "data-copy": words.copy },
    card.parts.length ? drawLogline(card) : "",
    make(
      "div",
      { class: "verdict" },
      make("p", { class: "number" }, make("a", { href: code.url }, code.label)),
      make(
        "div",
        {},
        make("h2", {}, make("a", { href: code.url }, code.name), " ", make("span", { class: "other", lang: language === "ko" ? "en" : "ko" }, card.other_name)),
        make("p", {}, card.meaning),
        card.participants.length
          ? make(
              "ul",
              { class: "mini" },
              each(card.participants, ({ label, role, note, cut }) =>
                make("li", { ...(role && { "data-role": role }), ...(cut && { "data-link": "cut" }) }, label, note ? make("small", {}, note) : ""),
              ),
            )
          : "",
        make("p", { class: "said" }, drawText(card)),
        make(
          "p",
          { class: "said" },
          card.said,
          also.length ? ` · ${patterns.card[language].also} ` : "",
          each(also, (other, place) => [place ? ", " : "", make("a", { href: other.url }, other.label)]).flat(),
        ),
      ),
    ),
    make("h3", {}, words.next_steps),
    make(
      "ol",
      { class: "do" },
      each([{ text: card.next }, ...card.steps], (step) =>
        make("li", {}, make("div", {}, make("p", {}, step.text), step.command ? make("div", { class: "snippet" }, make("code", {}, step.command)) : "")),
      ),
    ),
    card.others.length ? [make("h3", {}, words.also_holds), make("ul", {}, each(card.others, (other) => make("li", {}, drawText(other), " ", make("small", {}, other.product))))] : "",
    drawMarkdown(masked(card.markdown), words),
  );
};

const drawRow = (row) =>
  make(
    "tr",
    { "data-class": row.digit },
    make("th", { scope: "row" }, make("a", { class: "num", href: row.url }, row.label)),
    make(
      "td",
      { class: "bar" },
      make("svg", { "aria-hidden": "true", preserveAspectRatio: "none", viewBox: "0 0 100 10" }, make("rect", { width: row.width, height: 10 })),
    ),
    make("td", { class: "n" }, row.count, make("small", {}, row.share)),
    make(
      "td",
      { class: "say" },
      make("a", { href: row.url }, row.name),
      make("p", {}, row.summary),
      row.log_only ? make("p", {}, row.log_only) : "",
      row.step ? make("p", {}, make("b", {}, row.step)) : "",
      make("p", { class: "soft" }, row.times, each(row.notes, (note) => ` · ${note}`)),
      counted(row.details, "value"),
      counted(row.paths, "path"),
    ),
  );

const drawTable = (head, rows) =>
  make("table", { class: "tally" }, make("thead", {}, make("tr", {}, head)), make("tbody", {}, rows));
const heading = (text, columns = 1) => make("th", { scope: "col", ...(columns > 1 ? { colspan: columns } : {}) }, text);

const drawChart = (chart) =>
  make(
    "figure",
    { class: "timeline", "data-class": chart.digit },
    make("figcaption", {}, `${chart.caption}. ${chart.says}`),
    make(
      "svg",
      { class: "when", "aria-hidden": "true", preserveAspectRatio: "none", viewBox: `0 0 ${chart.width} 60` },
      each(chart.bars, ({ x, y, height }) => make("rect", { x, y, width: 8, height })),
    ),
    make("p", { "aria-hidden": "true" }, each(chart.ticks, (tick) => make("span", {}, tick))),
  );

const drawHar = (rows, words) => [
  make("h3", {}, words.har),
  make(
    "table",
    { class: "har" },
    make("thead", {}, make("tr", {}, each(["har_host", "har_type", "code", "har_count", "har_median", "har_longest"], (name) => heading(words[name])))),
    make(
      "tbody",
      {},
      each(rows, (row) =>
        make(
          "tr",
          { "data-class": row.digit },
          make("td", {}, row.host),
          make("td", {}, row.type),
          make("td", {}, make("a", { class: "num", href: row.url }, row.label)),
          each([row.count, row.median, row.longest], (text) => make("td", { class: "n" }, text)),
        ),
      ),
    ),
  ),
];

// The same as templates/codes/includes/log_report.html.
const drawReport = (report, words) =>
  make(
    "section",
    { class: "log", "data-copy": words.copy },
    make("h2", {}, report.headline),
    make(
      "ul",
      { class: "totals" },
      report.span ? make("li", {}, make("b", {}, report.span)) : "",
      each(report.totals, (total) => make("li", { "data-class": total.digit }, make("b", { class: "num" }, total.label), ` ${total.share}`)),
      make("li", {}, report.unread),
    ),
    report.next.length ? make("p", { class: "first" }, make("b", {}, words.first), each(report.next, (sentence) => ` ${sentence}`)) : "",
    report.errors.length ? make("h3", {}, words.errors) : "",
    each(report.errors, drawError),
    report.more_errors ? make("p", { class: "soft" }, report.more_errors) : "",
    report.rows.length ? drawTable([heading(words.code), heading(words.lines, 2), heading(words.meaning)], each(report.rows, drawRow)) : "",
    report.more_rows ? make("p", { class: "soft" }, report.more_rows) : "",
    report.fine.length
      ? make(
          "p",
          { class: "fine" },
          make("b", {}, `${words.fine}:`),
          each(report.fine, (code) => [" ", make("span", { "data-class": code.digit }, codeLink(code), ` ${code.count}`)]).flat(),
        )
      : "",
    report.chart ? drawChart(report.chart) : "",
    report.har ? drawHar(report.har, words) : "",
    report.har_rest ? make("p", { class: "soft" }, report.har_rest) : "",
    report.samples.length
      ? make(
          "details",
          { class: "fold" },
          make("summary", {}, words.unread_some),
          make("pre", {}, make("code", {}, each(report.samples, (line) => `${line}\n`))),
        )
      : "",
    drawMarkdown(masked(report.markdown), words),
    report.formats ? make("p", { class: "soft" }, report.formats) : "",
  );

// The buttons that copy are those of site.js, which adds some to what a page has at first.
const addCopyButtons = () => {
  for (const snippet of place.querySelectorAll("[data-copy] .snippet, .snippet[data-copy]")) {
    if (!snippet.querySelector(".copy")) addCopyButton(snippet, snippet.firstElementChild, snippet.closest("[data-copy]").dataset.copy);
  }
};
// A screen reader says what was found, and leaves the rest to be read.
const told = make("p", { class: "visually-hidden", role: "status" });
place.after(told);
const show = (...children) => {
  place.replaceChildren(...children.flat().filter(Boolean));
  addCopyButtons();
  const title = place.querySelector("h2, p");
  told.textContent = [title, title?.nextElementSibling].map((part) => part?.textContent.trim()).join(" ");
};
const percent = (share) => `${Math.round(share * 100)}%`;
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, key) => values[key]);

// What is read when somebody asks for something else is no longer wanted: its turn is over.
let turn = 0;
const stop = () => {
  clearTimeout(running?.timer);
  running?.worker.terminate();
  running = undefined;
};

// Read a text or a file in a worker, and resolve to what it says at the end.
const read = (source, words) =>
  new Promise((resolve) => {
    stop();
    const worker = new Worker(workerAddress, { type: "module" });
    let share = 0;
    const bar = make("progress", { max: 1, value: 0, "aria-label": filled(words.reading, { share: "" }) });
    const said = make("span", { "aria-hidden": "true" }, filled(words.reading, { share: percent(0) }));
    const button = make("button", { type: "button" }, words.stop);
    button.addEventListener("click", () => worker.postMessage({ stop: true }));
    // Short work shows no bar.
    const timer = setTimeout(() => show(make("p", { class: "reading" }, bar, " ", said, " ", button)), 300);
    running = { worker, timer };
    const finish = (result) => {
      stop();
      resolve({ share, ...result });
    };
    worker.addEventListener("message", ({ data }) => {
      if ("share" in data) {
        share = data.share;
        bar.value = share;
        said.textContent = filled(words.reading, { share: percent(share) });
      } else {
        finish(data);
      }
    });
    worker.addEventListener("error", () => finish({ failed: "unreachable" }));
    worker.postMessage({ ...source, patterns, language, reading, limits: LIMITS });
  });

const diagnose = async (source, mine) => {
  try {
    patterns ??= await fetchPatterns();
  } catch {
    if (mine === turn) show(make("p", {}, unreachable));
    return;
  }
  if (mine !== turn) return;
  const words = patterns.words[language];
  if (source.file?.size > MAX_FILE) {
    show(make("p", {}, words.too_large));
    return;
  }
  const { result, card, codes, stopped, failed, share } = await read(source, words);
  if (failed) {
    show(make("p", {}, words[failed] ?? unreachable));
  } else if (result) {
    show(stopped ? make("p", {}, filled(words.stopped, { share: percent(share) })) : "", drawReport(result, words));
  } else if (card) {
    show(drawCard(card, words));
  } else {
    const links = codes.map((code) => make("li", { "data-class": code.digit }, codeLink(code)));
    show(make("p", {}, words.no_log), links.length ? [make("p", {}, words.names_codes), make("ul", { class: "named" }, links)] : "");
  }
};

// The server checks a response. masking.js replaces its credentials when the form's data are taken.
const check = async (mine) => {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = [...page.querySelectorAll(".refusal, #diagnosis > *")];
    if (!said.length) throw new Error(answer.status);
    if (mine === turn) show(...said);
  } catch {
    if (mine === turn) form.submit();
  }
};

form.addEventListener("submit", async (event) => {
  const [file] = form.elements.file?.files ?? [];
  const text = form.elements.text.value;
  if (!file && !text.trim()) return;
  event.preventDefault();
  stop();
  turn += 1;
  document.querySelector(".refusal")?.remove();
  if (!file && isResponse(text)) await check(turn);
  else await diagnose(file ? { file } : { text }, turn);
});
form.elements.file?.addEventListener("change", () => {
  if (form.elements.file.files.length) form.requestSubmit();
});
