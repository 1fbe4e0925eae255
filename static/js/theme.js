// The theme that the reader chose, before anything is drawn. The admin has the same key and values.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* A browser that stores nothing follows the system. */ }
