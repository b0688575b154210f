// Runs before the first paint: a theme that was chosen must not flash the other one.
try {
  const theme = localStorage.getItem("lora4j.theme");
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // without storage the theme is that of the system
}
