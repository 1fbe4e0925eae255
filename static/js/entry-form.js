// What the form of an entry does beyond sending: exchanges are drawn as they are typed. The server reads, guesses and
// draws, by the same code as when the entry is saved; without this script the preview shows the same.
const words = document.getElementById("entry-form")?.dataset ?? {};

// Below their field in tables too, where Django writes them above it.
for (const errors of document.querySelectorAll(".tabular td > .errorlist")) errors.parentElement.append(errors);

// Call a function once nobody has called it for a moment.
const debounced = (act, milliseconds = 300) => {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), milliseconds);
  };
};

// Send values to an address of the admin; the answer is JSON. A newer call for the same element replaces this one.
const running = new WeakMap();
const ask = async (element, address, values) => {
  running.get(element)?.abort();
  const controller = new AbortController();
  running.set(element, controller);
  try {
    const csrf = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams([...values, ["csrfmiddlewaretoken", csrf]]);
    const answer = await fetch(address, { method: "POST", body, signal: controller.signal });
    return answer.ok && answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : null;
  } catch {
    return null; // replaced, or no connection: what is on the page stays
  }
};

// The site's own styles, for what is drawn as on the site: in a shadow tree, so that they leave the admin alone, and as
// wide as the place that it has there.
let sheets;
const siteSheets = () => sheets ??= Promise.all((words.styles ?? "").split(" ").filter(Boolean).map(async (address) => {
  const text = await (await fetch(address)).text();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text
    .replaceAll(":root", ":host")
    .replaceAll(/@media \((min|max)-width/g, "@container ($1-width"));
  return sheet;
}));

const draw = async (host, html) => {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = await siteSheets();
  root.innerHTML = html;
};

// Exchanges
{
  const group = document.getElementById("exchanges-group");
  const place = (inline) => inline.querySelector("[data-steps]");
  const prepare = (steps) => steps.querySelectorAll(".handle").forEach((handle) => { handle.hidden = false; });
  const language = new WeakMap(); // of the text that was typed last
  const rawOf = (inline, name) => inline.querySelector(`textarea[name$="-raw_${name}"]`);

  const showErrors = (field, html) => {
    const box = field.closest(".form-multiline > div, .form-row");
    box.querySelector(":scope > .errorlist")?.remove();
    box.insertAdjacentHTML("afterbegin", html);
  };

  const refresh = async (inline) => {
    const steps = place(inline);
    const prefix = rawOf(inline, "ko").name.slice(0, -"-raw_ko".length);
    const fields = [...inline.querySelectorAll(`[name^="${prefix}-"]`)]
      .filter((field) => field.type !== "checkbox" || field.checked);
    const sent = Object.fromEntries(["ko", "en"].map((name) => [name, rawOf(inline, name).value]));
    const said = await ask(inline, steps.dataset.url, [
      ...fields.map((field) => [field.name, field.value]),
      ["prefix", prefix],
      ["number", steps.dataset.number || document.getElementById("id_number")?.value || ""],
      ["sent_by", document.getElementById("id_sent_by")?.value ?? ""],
      ["language", language.get(inline) ?? words.language],
    ]);
    if (!said) return;
    for (const name of ["ko", "en"]) {
      const field = rawOf(inline, name);
      const text = said.texts[`raw_${name}`];
      // Only what was moved or corrected: what is being typed is not touched.
      if (field.value === sent[name] && text !== sent[name].replaceAll("\r\n", "\n").trim()) {
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      showErrors(field, said.errors[`raw_${name}`]);
    }
    const focused = inline.contains(document.activeElement) ? document.activeElement.dataset.focus ?? document.activeElement.name : "";
    const made = document.createRange().createContextualFragment(said.steps).firstElementChild;
    steps.firstElementChild.replaceWith(made.firstElementChild);
    prepare(steps);
    if (focused && !inline.contains(document.activeElement)) {
      (inline.querySelector(`[data-focus="${focused}"], [name="${focused}"]`) ?? rawOf(inline, "ko")).focus();
    }
    await draw(steps.querySelector("[data-drawn]"), said.drawn);
  };
  const refreshSoon = new WeakMap();
  const soon = (inline) => {
    if (!refreshSoon.has(inline)) refreshSoon.set(inline, debounced(() => refresh(inline)));
    refreshSoon.get(inline)();
  };
  const inlineOf = (node) => node.closest?.(".inline-related:not(.empty-form)");

  // Write where a message is to go; the server moves it, in both languages.
  const move = (inline, from, to) => {
    const rows = inline.querySelectorAll(".steps > li:has(.handle)");
    if (from === to || to < 0 || to >= rows.length) return;
    rows[from].querySelector("[name$=-order]").value = to + 1;
    const handle = rows[from].querySelector(".handle");
    if (document.activeElement === handle) rows[to].querySelector(".handle").focus();
    refresh(inline);
  };

  group?.addEventListener("input", (event) => {
    const inline = inlineOf(event.target);
    if (!inline || !event.target.matches("input:not([type=number]), textarea")) return;
    const raw = event.target.name?.match(/-raw_(ko|en)$/);
    if (raw) language.set(inline, raw[1]);
    if (!event.target.closest(".steps")) soon(inline);
  });
  group?.addEventListener("change", (event) => {
    const inline = inlineOf(event.target);
    if (inline && event.target.closest("[data-steps]")) refresh(inline);
  });
  group?.addEventListener("focusin", (event) => {
    const inline = inlineOf(event.target);
    const raw = event.target.name?.match(/-raw_(ko|en)$/);
    if (!inline || !raw || language.get(inline) === raw[1] || !rawOf(inline, "ko").value) return;
    language.set(inline, raw[1]);
    soon(inline);
  });
  group?.addEventListener("keydown", (event) => {
    if (!event.target.matches(".handle") || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const from = [...event.target.closest("ol").children].indexOf(event.target.closest("li"));
    move(inlineOf(event.target), from, from + (event.key === "ArrowDown" ? 1 : -1));
  });

  let dragged;
  group?.addEventListener("dragstart", (event) => {
    if (!event.target.matches?.(".handle")) return;
    dragged = event.target.closest("li");
    event.dataTransfer.setDragImage(dragged, 8, 8);
    event.dataTransfer.effectAllowed = "move";
  });
  const targetOf = (event) => {
    const row = event.target.closest?.(".steps > li");
    return dragged && row?.parentElement === dragged.parentElement ? row : null;
  };
  group?.addEventListener("dragover", (event) => {
    const row = targetOf(event);
    if (!row) return;
    event.preventDefault();
    for (const each of row.parentElement.children) each.classList.toggle("target", each === row && row !== dragged);
  });
  group?.addEventListener("drop", (event) => {
    const row = targetOf(event);
    if (!row) return;
    event.preventDefault();
    const rows = [...row.parentElement.children];
    move(inlineOf(row), rows.indexOf(dragged), rows.indexOf(row));
  });
  group?.addEventListener("dragend", () => {
    dragged?.parentElement?.querySelectorAll(".target").forEach((row) => row.classList.remove("target"));
    dragged = null;
  });

  // What is unfolded, or was typed before this script arrived, is drawn.
  const drawAll = () => {
    for (const inline of group.querySelectorAll(".inline-related:not(.empty-form)")) {
      if (rawOf(inline, "ko")?.value && !place(inline).querySelector("[data-drawn]").shadowRoot) refresh(inline);
    }
  };
  if (group) {
    prepare(group);
    const details = group.querySelector("details");
    details?.addEventListener("toggle", () => { if (details.open) drawAll(); });
    if (!details || details.open) drawAll();
  }
}

// Sections that an editor unfolded stay so on the next page of this kind in this tab.
{
  const form = document.querySelector("form[id$=_form]");
  const key = `unfolded ${form?.id}`;
  const unfolded = new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
  for (const details of form?.querySelectorAll("fieldset.module > details") ?? []) {
    const { id } = details.querySelector("summary > [id]") ?? {};
    if (!id) continue;
    if (unfolded.has(id)) details.open = true;
    details.addEventListener("toggle", () => {
      unfolded[details.open ? "add" : "delete"](id);
      sessionStorage.setItem(key, JSON.stringify([...unfolded]));
    });
  }
}

// A text with a limit says how long it is. It may become longer, so that nothing is cut off unnoticed; saving refuses it.
{
  const limits = new WeakMap();
  const tell = (field) => {
    const [limit, said] = limits.get(field);
    const { length } = [...field.value];
    said.textContent = `${length}/${limit}`;
    said.classList.toggle("over", length > limit);
  };
  const count = (field) => {
    const said = Object.assign(document.createElement("span"), { className: "length" });
    limits.set(field, [field.maxLength, said]);
    field.removeAttribute("maxlength");
    field.before(said);
    tell(field);
  };
  const countAll = (root) => root.querySelectorAll("div > input.vTextField[maxlength]:is([name$=_ko], [name$=_en])")
    .forEach((field) => { if (!field.name.includes("__prefix__")) count(field); });
  if (document.getElementById("entry-form")) {
    countAll(document.querySelector("form[id$=_form]"));
    document.addEventListener("input", (event) => { if (limits.has(event.target)) tell(event.target); });
    document.addEventListener("formset:added", (event) => countAll(event.target));
  }
}

// Markdown is shown below its field as the page will show it, with a warning of what is not rendered.
{
  const boxes = new WeakMap();
  const boxOf = (field) => {
    if (!boxes.has(field)) {
      const box = Object.assign(document.createElement("div"), { className: "markdown-preview" });
      box.append(
        Object.assign(document.createElement("p"), { className: "warning", role: "status" }),
        Object.assign(document.createElement("p"), { className: "leads" }),
        Object.assign(document.createElement("div"), { className: "drawn" }),
      );
      box.role = "group";
      box.ariaLabel = words.preview;
      field.after(box);
      boxes.set(field, box);
    }
    return boxes.get(field);
  };
  const show = async (field) => {
    const said = await ask(field, words.markdown, [["text", field.value], ["language", field.dataset.markdown]]);
    if (!said) return;
    const [warning, leads, drawn] = boxOf(field).children;
    warning.textContent = said.warning;
    leads.replaceChildren(...(said.leads.length && /-text_..$/.test(field.name) ? [words.leads] : []), ...(/-text_..$/.test(field.name) ? said.leads : []).flatMap(([length, limit]) => [
      " ", Object.assign(document.createElement("span"), { textContent: `${length}/${limit}`, className: length > limit ? "length over" : "length" }),
    ]));
    await draw(drawn, `<div class="prose">${said.html}</div>`);
  };
  const soon = new WeakMap();
  document.addEventListener("input", ({ target }) => {
    if (!words.markdown || !target.matches?.("textarea[data-markdown]:not(.raw-message)")) return;
    if (!soon.has(target)) soon.set(target, debounced(() => show(target)));
    soon.get(target)();
  });
}

// After a refused save the first field with an error has the focus; Django gives it to the first field of a new entry.
addEventListener("load", () => {
  if (words.language && document.querySelector(".errornote")) document.querySelector("form[id$=_form] [aria-invalid=true]")?.focus();
});
