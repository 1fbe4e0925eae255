// Text typed into an entry's form survives a lost session, a deleted entry or a reload: it is stored in this browser tab
// until the entry is saved, and offered when the same user opens the form again. Logging out removes it.
{
  const logout = document.getElementById("logout-form");
  const user = logout?.dataset.user;
  const form = document.querySelector("form[id$=_form]");
  const notice = document.getElementById("draft");
  const storage = window.sessionStorage;
  const draftOf = (path) => `draft ${user} ${path.replace(/^\/en\//, "/")}`;
  const removeDrafts = (isWanted) => Object.keys(storage)
    .filter((key) => (key.startsWith("draft ") || key === "sent") && isWanted(key))
    .forEach((key) => storage.removeItem(key));
  const isText = (field) => field.matches("textarea, input[type=text], input[type=url]") && field.name;

  // The page of a login has no user: a session that ended by itself leaves the drafts to their owner.
  if (user) removeDrafts((key) => key !== "sent" && !key.startsWith(`draft ${user} `));
  logout?.addEventListener("submit", () => removeDrafts(() => true));

  // A success message means that the entry was saved, so its draft is removed. The draft of a new entry is stored under
  // the address of the empty form that it was sent from.
  const sent = storage.getItem("sent");
  storage.removeItem("sent");
  for (const link of document.querySelectorAll(".messagelist .success a[href]")) {
    storage.removeItem(draftOf(new URL(link.href).pathname));
    if (sent?.endsWith("/add/")) storage.removeItem(sent);
  }

  if (user && form && notice) {
    const key = draftOf(location.pathname);
    const texts = () => [...form.elements].filter(isText);
    const state = () => Object.fromEntries(texts().map((field) => [field.name, field.value]));
    // As the server sent it: on a slow connection people type before this script has arrived.
    const opened = JSON.stringify(Object.fromEntries(texts().map((field) => [field.name, field.defaultValue])));
    const draft = JSON.parse(storage.getItem(key) ?? "null");
    const differs = draft && texts().some((field) => field.name in draft && draft[field.name] !== field.value);

    const button = (label, act) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
      made.addEventListener("click", () => {
        act();
        notice.hidden = true;
      });
      return made;
    };
    const restore = () => texts().forEach((field) => {
      if (!(field.name in draft) || field.value === draft[field.name]) return;
      field.value = draft[field.name];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });

    if (differs && !document.querySelector(".errornote")) {
      notice.append(
        notice.dataset.found, " ",
        button(notice.dataset.restore, restore), " ",
        button(notice.dataset.discard, () => storage.removeItem(key)),
      );
      notice.hidden = false;
    }
    const keep = () => {
      const now = JSON.stringify(state());
      if (now === opened) storage.removeItem(key);
      else storage.setItem(key, now);
    };
    form.addEventListener("input", keep);
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name !== "_preview") storage.setItem("sent", key);
    });
    if (JSON.stringify(state()) !== opened) keep();
  }
}

// Public pages show links to the forms in the browser of an editor (see site.js). Logging out removes them.
{
  const logout = document.getElementById("logout-form");
  const write = (note) => note ? localStorage.setItem("editor", note) : localStorage.removeItem("editor");
  if (logout) write(logout.dataset.editor);
  logout?.addEventListener("submit", () => write(""));
}

// Such a link may name a field, or a kind of detail that is folded.
{
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target) {
    for (const fold of [target.closest("details"), target.querySelector("details")]) if (fold) fold.open = true;
    (target.matches("input, select, textarea") ? target : target.querySelector("summary, input, textarea"))?.focus();
    target.scrollIntoView();
  }
}
