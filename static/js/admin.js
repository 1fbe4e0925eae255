// Text typed into an entry's form survives a lost session, a deleted entry or a closed tab: it is kept in this browser
// tab until the entry is saved, and offered when the form is opened again.
{
  const form = document.querySelector("form[id$=_form]");
  const notice = document.getElementById("draft");
  const storage = window.sessionStorage;
  const isText = (field) => field.matches("textarea, input[type=text], input[type=url]") && field.name;

  if (form && notice) {
    const key = `draft ${location.pathname.replace(/^\/en\//, "/")}`;
    const texts = () => [...form.elements].filter(isText);
    const state = () => Object.fromEntries(texts().map((field) => [field.name, field.value]));
    // As the server sent it: whoever is quick, or has a slow line, types before this script has arrived.
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
    const take = () => texts().forEach((field) => {
      if (field.name in draft) field.value = draft[field.name];
    });

    if (differs && !document.querySelector(".errornote")) {
      notice.append(
        notice.dataset.found, " ",
        button(notice.dataset.take, take), " ",
        button(notice.dataset.drop, () => storage.removeItem(key)),
      );
      notice.hidden = false;
    }
    const keep = () => {
      const now = JSON.stringify(state());
      if (now === opened) storage.removeItem(key);
      else storage.setItem(key, now);
    };
    form.addEventListener("input", keep);
    if (JSON.stringify(state()) !== opened) keep();
  }

  // A message of success says that the entry was saved: its draft has done its work.
  for (const link of document.querySelectorAll(".messagelist .success a[href]")) {
    storage.removeItem(`draft ${new URL(link.href).pathname.replace(/^\/en\//, "/")}`);
  }
}

// A field with a limit tells how many characters are left.
for (const field of document.querySelectorAll("#id_summary_ko, #id_summary_en")) {
  const left = Object.assign(document.createElement("span"), { className: "left" });
  const tell = () => {
    left.textContent = ` ${field.maxLength - field.value.length} ${document.getElementById("draft")?.dataset.left ?? ""}`;
  };
  field.addEventListener("input", tell);
  field.closest(".fieldBox, .form-row").querySelector("label").append(left);
  tell();
}
