// The theme that the reader chose, before anything is drawn. The admin has the same key and values.
// A browser that stores nothing follows the system.
try {
const theme = localStorage.getItem("theme");
if (/^(light|dark)$/.test(theme)) document.documentElement.dataset.theme = theme;
} catch {}
