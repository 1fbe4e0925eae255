const field = document.getElementById("q");
const form = field.form;
const LINE_END = "⏎";
const isWriting = (target) => target.closest("input, textarea, select, [contenteditable]");

// "/" goes to the search field, unless somebody is writing or has switched it off; Escape goes back to the place before.
{
  const KEY = "shortcut";
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: form.dataset.shortcut });
  const hint = document.querySelector(".field kbd");
  let before;
  let stored = {}; // where a browser stores nothing, the choice holds for the page
  try {
    stored = localStorage;
  } catch {}

  const isOn = () => stored[KEY] !== "off";
  const show = () => {
    button.ariaPressed = String(isOn());
    button.style.textDecoration = isOn() ? "" : "line-through";
    hint.hidden = !isOn();
  };
  (document.querySelector("footer .links") ?? document.querySelector("footer"))?.append(button);
  show();
  button.addEventListener("click", () => {
    stored[KEY] = isOn() ? "off" : "on";
    show();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || !isOn()) return;
    before = { focus: document.activeElement, x: scrollX, y: scrollY };
    // A header that stays in view is no reason to leave the place.
    const header = field.closest("header");
    field.focus({ preventScroll: Boolean(header) && getComputedStyle(header).position === "sticky" });
    field.select();
    event.preventDefault();
  });

  // With open suggestions Escape closes them first. It never empties the field.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || field.ariaExpanded === "true") return;
    event.preventDefault();
    if (!before) return;
    const place = before;
    field.blur();
    place.focus.focus({ preventScroll: true });
    scrollTo({ left: place.x, top: place.y, behavior: "instant" });
  });
  field.addEventListener("blur", () => (before = undefined));
}

// The field has one line, and a browser drops the line ends of what is pasted; a status line is found by them.
field.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\r\n]/.test(text.trim())) return;
  event.preventDefault();
  const line = text.trim().replace(/\s*[\r\n]+/g, LINE_END);
  const room = field.maxLength - field.value.length + field.selectionEnd - field.selectionStart;
  field.setRangeText(line.slice(0, room), field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
});

// An address stays in histories: of a pasted text only the lines that may tell something are sent, without addresses,
// names and secrets. The server reduces what is left to what the catalogue knows.
const reduce = (text) => {
  if (text.length <= 80 && !text.includes(LINE_END)) return text;
  const telling = /HTTP\/|\b[1-5]\d\d\b|error|fail|exception|refused|denied|reset|timed? ?out|invalid|오류|에러|실패|거부|초과|없/i;
  const masked = text
    .replace(/([?&][\w.[\]-]{1,60}=)[^⏎&\s"'<>]*/g, "$1…") // what follows the address in a log is left
    .replace(/\b((?:set-)?cookie|authorization|[\w-]{0,40}(?:token|password|secret|api[-_]?key))(["']?\s*[:=])(?!…)[^⏎&,}]*/gi, "$1$2 …")
    .replace(/(^|[\s⏎])[^\s⏎]+@[\w.-]+/g, "$1…")
    .replace(/(https?:\/\/)[^\s"'<>⏎)]+/gi, "$1…")
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "…")
    .replace(/\b(?=(?:[\w+/=-]{0,60}\d){5})[\w+/=-]{16,}/g, "…");
  const lines = masked.split(LINE_END);
  const chosen = lines.some((line) => telling.test(line)) ? lines.filter((line) => telling.test(line)) : lines;
  // Where that is still long, status lines matter most.
  const first = chosen.filter((line) => /HTTP\/\d/.test(line));
  const kept = new Set();
  let length = 0;
  for (const line of [...first.reverse(), ...chosen]) {
    length += line.length + 1;
    if (length > 1200 && kept.size) break;
    kept.add(line);
  }
  return chosen.filter((line) => kept.has(line)).join(LINE_END).slice(0, 1200) + LINE_END; // its end says: pasted
};

// How a pasted text was read is told once on the page that it led to, with the way to the other results.
const READ = "read";
{
  let note;
  try {
    note = JSON.parse(sessionStorage.getItem(READ));
    sessionStorage.removeItem(READ);
  } catch { /* A browser that stores nothing has no note. */ }
  if (note?.page === location.pathname) {
    const line = Object.assign(document.createElement("p"), { className: "eyebrow read", role: "status" });
    const all = Object.assign(document.createElement("a"), { href: note.more.url, textContent: note.more.label });
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: note.more.close });
    close.addEventListener("click", () => {
      line.remove();
      field.focus({ preventScroll: true });
    });
    document.querySelector("main").prepend(line);
    // A status is read out when it is filled.
    setTimeout(() => line.append(note.understood, " ", all, " ", close));
  }
}

// Suggestions under the search field: an ARIA combobox over /search/suggest/. Without script it is a plain form.
{
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let active = -1;
  let request;
  let timer;
  let latest; // what the server said last

  Object.assign(list, { id: "suggestions", className: "suggestions", role: "listbox", hidden: true, ariaLabel: field.ariaLabel });
  Object.assign(said, { className: "visually-hidden", role: "status" });
  field.after(list);
  document.body.append(said); // at the end, where reading on does not meet it while it is empty
  Object.assign(field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
  field.setAttribute("aria-controls", list.id);

  // What was asked for before does not arrive any more: not in a list that was closed, nor in one that is moved through.
  const abandon = () => {
    clearTimeout(timer);
    request?.abort();
  };

  const close = () => {
    abandon();
    list.hidden = true;
    field.ariaExpanded = "false";
    mark(-1);
  };

  // The active option is marked, not focused: typing goes on in the field.
  const mark = (number) => {
    active = number;
    [...list.children].forEach((option, index) => (option.ariaSelected = String(index === number)));
    if (number < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[number].id);
  };

  const option = ({ url, label, name, kind, reason }, number) => {
    const item = document.createElement("li");
    Object.assign(item, { id: `suggestion-${number}`, role: "option", ariaSelected: "false" });
    if (kind !== "group") item.dataset.class = label[0];
    item.dataset.url = url;
    for (const [tag, text] of [["b", label], ["span", name], ["small", reason]]) {
      if (text) item.append(Object.assign(document.createElement(tag), { textContent: text }), " ");
    }
    return item;
  };

  const show = ({ results, understood }) => {
    list.replaceChildren(...results.map(option));
    if (understood) list.dataset.understood = understood;
    else delete list.dataset.understood;
    mark(-1);
    list.hidden = !results.length;
    field.ariaExpanded = String(!list.hidden);
    said.textContent = `${understood} ${results.length ? `${form.dataset.found} ${results.length}` : form.dataset.none}`.trim();
  };

  const ask = async () => {
    abandon();
    const query = reduce(field.value.trim());
    if (!query) return close();
    request = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: query })}`, { signal: request.signal });
      if (answer.ok) latest = await answer.json();
      if (answer.ok && document.activeElement === field) show(latest);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  // Back brings what was typed: it is kept beside the page in this tab's history, and nowhere else.
  const leave = (address) => {
    history.replaceState({ ...history.state, typed: field.value }, "");
    location.assign(address);
  };
  const restore = () => {
    if (history.state?.typed) field.value = history.state.typed;
  };
  restore();
  // WebKit empties a field without autocompletion, in a task of its own, when it shows a page that it kept in memory.
  addEventListener("pageshow", (event) => event.persisted && setTimeout(restore));

  // While a syllable is being composed the value already holds it, and search understands half a syllable.
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 90);
  });

  field.addEventListener("keydown", async (event) => {
    // Keys that belong to the input method are not ours.
    if (event.isComposing || event.keyCode === 229) return;
    const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
    if (list.hidden && !isArrow) return;
    if (isArrow) abandon();
    const last = () => list.children.length - 1;
    if (list.hidden) {
      event.preventDefault();
      await ask();
      if (!list.hidden && !event.altKey) mark(event.key === "ArrowDown" ? 0 : last());
      return;
    }
    if (event.key === "ArrowDown") mark(active < last() ? active + 1 : 0);
    else if (event.key === "ArrowUp") mark(active > 0 ? active - 1 : last());
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) leave(list.children[active].dataset.url);
    else return;
    event.preventDefault();
  });

  // The page that a pasted text leads to has only the code in its address: how the text was read is noted for that page.
  const note = async (query) => {
    try {
      if (latest?.query !== query) {
        const address = `${form.dataset.suggest}?${new URLSearchParams({ q: query })}`;
        latest = await (await fetch(address, { signal: AbortSignal.timeout(800) })).json();
      }
      const { understood, more, results: [first] } = latest;
      if (more && first) sessionStorage.setItem(READ, JSON.stringify({ page: first.url, understood, more }));
    } catch { /* The page comes without the note. */ }
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const query = reduce(field.value.trim());
    if (query.length > 30 || query.includes(LINE_END)) await note(query);
    leave(`${form.action}?${new URLSearchParams({ q: query })}`);
  });
  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) leave(item.dataset.url);
  });
}

// What is copied is the stored text, byte for byte.
const copied = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });
document.body.append(copied);

const copy = async (button, text, source) => {
  try {
    await navigator.clipboard.writeText(text);
    button.dataset.state = "done";
    copied.textContent = document.body.dataset.copied;
  } catch {
    // The browser refuses: the text is selected, so that the keyboard can copy it.
    getSelection().selectAllChildren(source);
    copied.textContent = document.body.dataset.selected;
  }
  setTimeout(() => {
    delete button.dataset.state;
    copied.textContent = "";
  }, 1500);
};

const addCopyButton = (place, source, label, { text, word = "" } = {}) => {
  const button = Object.assign(document.createElement("button"), { type: "button", className: word ? "copy-as" : "copy" });
  button.textContent = word;
  // A title beside a name that says the same would be read twice.
  if (word) button.ariaLabel = label;
  else button.title = label;
  button.addEventListener("click", () => copy(button, text ?? source.textContent, source));
  place.append(button);
};

// Identifiers, messages, lines of code and tables get buttons that copy them.
for (const place of document.querySelectorAll(".snippet")) {
  addCopyButton(place, place.firstElementChild, place.closest("[data-copy]").dataset.copy);
}
for (const figure of document.querySelectorAll(".wire")) {
  for (const message of figure.querySelectorAll(".msg")) {
    const source = message.querySelector("pre");
    addCopyButton(message, source, figure.dataset.copy);
    const { curl } = message.dataset;
    if (curl) addCopyButton(message, source, figure.dataset.curl, { text: curl, word: "curl" });
  }
}
for (const row of document.querySelectorAll(".idents > li")) {
  const { copy: label } = row.parentElement.dataset;
  addCopyButton(row, row.querySelector("code"), `${row.firstElementChild.textContent} ${label}`);
}

// The reader and the language that somebody chose on one page are chosen on the next one too.
{
  const remember = (name, choice) => {
    try {
      localStorage.setItem(name, choice);
    } catch { /* A browser that stores nothing forgets the choice. */ }
  };
  const remembered = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };

  for (const choice of document.querySelectorAll("input[name=reader]")) {
    if (choice.value === remembered("reader")) choice.checked = true;
    choice.addEventListener("change", () => remember("reader", choice.value));
  }

  // On the page of a situation the code in one's own language is open.
  for (const code of document.querySelectorAll(".snippets > [data-ecosystem]")) {
    if (code.dataset.ecosystem === remembered("language")) code.open = true;
  }

  // The row of one's own language comes first, out of the folded list too.
  const rows = [...document.querySelectorAll(".idents > li")];
  const home = rows[0]?.parentElement;
  const first = (row) => {
    for (const each of rows) each.querySelector(".pin").ariaPressed = String(each === row);
    home.prepend(row);
    showLines(row);
  };

  // Below it come the lines that send the code there, from the page that has those of all frameworks.
  const showLines = async (row) => {
    const link = document.getElementById("lines");
    if (!link || row.querySelector(".snippet")) return;
    try {
      const answer = await fetch(link.href);
      const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
      const language = row.firstElementChild.textContent;
      const parts = [...page.querySelectorAll("[data-ecosystem]")].filter((part) => part.dataset.ecosystem === language);
      for (const place of parts.flatMap((part) => [...part.querySelectorAll(".snippet")])) {
        row.append(place);
        addCopyButton(place, place.firstElementChild, `${language} ${home.dataset.copy}`);
      }
    } catch { /* The link above the list leads to the lines, too. */ }
  };
  for (const row of rows) {
    const language = row.firstElementChild.textContent;
    const pin = Object.assign(document.createElement("button"), { type: "button", className: "pin", ariaPressed: "false" });
    Object.assign(pin, { ariaLabel: `${language}: ${home.dataset.pin}`, title: home.dataset.pin });
    pin.addEventListener("click", () => {
      remember("language", language);
      first(row);
      pin.focus();
      row.scrollIntoView({ block: "center" });
    });
    row.append(pin);
  }
  const own = rows.find((row) => row.firstElementChild.textContent === remembered("language"));
  if (own) first(own);
}

// The list of situations narrows while somebody types; without script the field is the site's search.
for (const form of document.querySelectorAll("form[data-narrow]")) {
  const typed = form.elements.q;
  const rows = [...document.querySelectorAll(`.${form.dataset.narrow} li`)];
  const sections = new Set(rows.map((row) => row.closest("section")));
  const said = Object.assign(document.createElement("p"), { role: "status" });
  form.after(said);
  typed.addEventListener("input", () => {
    const words = typed.value.toLowerCase().split(/\s+/);
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    for (const section of sections) section.hidden = !section.querySelector("li:not([hidden])");
    const shown = rows.filter((row) => !row.hidden).length;
    const found = typed.value.trim() && `${form.dataset.found} ${shown}`;
    said.textContent = shown ? found : form.dataset.none;
  });
}

// The theme: that of the system, light or dark. A script in the head sets the chosen one before the page is drawn.
{
  const button = document.getElementById("theme");
  const root = document.documentElement.dataset;
  const themes = ["auto", "light", "dark"];

  const show = (theme) => {
    if (theme === "auto") delete root.theme;
    else root.theme = theme;
    button.textContent = button.dataset[theme];
  };

  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.theme ?? "auto") + 1) % themes.length];
    try {
      localStorage.setItem("theme", next);
    } catch { /* A browser that stores nothing forgets the choice. */ }
    show(next);
  });
  show(root.theme ?? "auto");
  button.hidden = false;
}

// Editors get links from a page and its sections to the form. The admin has left a note on how in this browser.
{
  let note;
  try {
    note = JSON.parse(localStorage.getItem("editor"));
  } catch { /* A browser that stores nothing has no note. */ }
  const { lang } = document.documentElement;
  const [, prefix = "", path] = location.pathname.match(/^(\/en(?=\/))?(.*)/);
  const link = (kind, pk, label, field) => Object.assign(document.createElement("a"), {
    className: "edit",
    textContent: label,
    href: `${prefix}${note.root}${kind}/${pk.replaceAll("_", "_5F")}/change/${field ? `#${field.replace("{}", lang)}` : ""}`,
  });
  for (const [kind, { page, rows, sections }] of Object.entries(note?.kinds ?? {})) {
    const found = path.match(page);
    if (!found) continue;
    const labels = note.labels[lang];
    for (const row of rows ? document.querySelectorAll(rows) : []) {
      row.querySelector("h2")?.append(" ", link(kind, row.id, labels.section));
    }
    for (const [anchor, field] of Object.entries(sections ?? {})) {
      document.querySelector(`h2#${anchor}`)?.append(" ", link(kind, found[1], labels.section, field));
    }
    if (!rows) document.querySelector(".skip").after(link(kind, found[1], labels.page));
  }
}
