// Switches between the theme of the system, light and dark.
import { html } from "../parts/html.js";
import { Icon } from "../parts/icon.js";
import { store, useStore } from "../store.js";

const next = { system: "light", light: "dark", dark: "system" };
const theme = store(document.documentElement.dataset.theme ?? "system");

theme.subscribe((chosen) => {
  if (chosen === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = chosen;
  }
  try {
    localStorage.setItem("lora4j.theme", chosen);
  } catch {
    // without storage the choice lasts as long as the page
  }
});

export function ThemeSwitch() {
  const chosen = useStore(theme);
  return html`<button type="button" class="theme" onClick=${() => theme.set(next[chosen])}>
    <${Icon} name=${chosen} /><span><span class="theme-word">Theme: </span>${chosen}</span>
  </button>`;
}
