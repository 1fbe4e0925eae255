// An example fills the field and is read at once; without script its link leads to a page with both.
const pasted = document.getElementById("text");
for (const link of document.querySelectorAll("[data-text]")) {
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    pasted.value = link.dataset.text;
    pasted.form.requestSubmit();
  });
}
