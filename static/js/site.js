const field = document.getElementById("q");
const isWriting = (target) => target.closest("input, textarea, select, [contenteditable]");

// "/" or a digit anywhere starts a search, unless somebody is writing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
  if (event.key !== "/" && !/^[0-9]$/.test(event.key)) return;
  field.focus();
  field.select();
  if (event.key === "/") event.preventDefault();
});

// Suggestions under the search field: an ARIA combobox over /search/suggest/. Without script it is a plain form.
{
  const form = field.form;
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let active = -1;
  let request;
  let timer;

  Object.assign(list, { id: "suggestions", className: "suggestions", role: "listbox", hidden: true, ariaLabel: field.ariaLabel });
  Object.assign(said, { className: "visually-hidden", role: "status" });
  field.after(list);
  form.append(said);
  Object.assign(field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
  field.setAttribute("aria-controls", list.id);

  const close = () => {
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

  const show = (results) => {
    list.replaceChildren(...results.map(option));
    mark(-1);
    list.hidden = !results.length;
    field.ariaExpanded = String(!list.hidden);
    said.textContent = results.length ? `${form.dataset.found} ${results.length}` : form.dataset.none;
  };

  const ask = async () => {
    request?.abort();
    const query = field.value.trim();
    if (!query) return close();
    request = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: query })}`, { signal: request.signal });
      if (answer.ok && document.activeElement === field) show((await answer.json()).results);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  // While a syllable is being composed the value already holds it, and search understands half a syllable.
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 90);
  });

  field.addEventListener("keydown", (event) => {
    // Keys that belong to the input method are not ours.
    if (event.isComposing || event.keyCode === 229 || list.hidden) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown") mark(active < last ? active + 1 : 0);
    else if (event.key === "ArrowUp") mark(active > 0 ? active - 1 : last);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.url);
    else return;
    event.preventDefault();
  });

  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) location.assign(item.dataset.url);
  });
}

// Identifiers and messages get buttons that copy them. What is copied is the stored text, byte for byte.
{
  const said = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });
  document.body.append(said);

  const copy = async (button, text, source) => {
    try {
      await navigator.clipboard.writeText(text);
      button.dataset.state = "done";
      said.textContent = document.body.dataset.copied;
    } catch {
      // The browser refuses: the text is selected, so that the keyboard can copy it.
      getSelection().selectAllChildren(source);
      said.textContent = document.body.dataset.selected;
    }
    setTimeout(() => {
      delete button.dataset.state;
      said.textContent = "";
    }, 1500);
  };

  const addButton = (place, source, label, { text, word = "" } = {}) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: word ? "copy-as" : "copy" });
    button.textContent = word;
    Object.assign(button, { ariaLabel: label, title: label });
    button.addEventListener("click", () => copy(button, text ?? source.textContent, source));
    place.append(button);
  };

  for (const figure of document.querySelectorAll(".wire")) {
    for (const message of figure.querySelectorAll(".msg")) {
      const source = message.querySelector("pre");
      addButton(message, source, figure.dataset.copy);
      const { curl } = message.dataset;
      if (curl) addButton(message, source, figure.dataset.curl, { text: curl, word: "curl" });
    }
  }
  for (const row of document.querySelectorAll(".idents > li")) {
    const { copy: label } = row.parentElement.dataset;
    addButton(row, row.querySelector("code"), `${row.firstElementChild.textContent} ${label}`);
  }
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

  // The row of one's own language comes first, out of the folded list too.
  const rows = [...document.querySelectorAll(".idents > li")];
  const home = rows[0]?.parentElement;
  const first = (row) => {
    for (const each of rows) each.querySelector(".pin").ariaPressed = String(each === row);
    home.prepend(row);
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
