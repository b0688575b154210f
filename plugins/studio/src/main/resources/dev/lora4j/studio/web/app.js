// Starts the page: token, shell, events.
import { onUnauthorised } from "./api.js";
import { listen } from "./events.js";
import { html, render } from "./parts/html.js";
import { session, takeTokenOfAddress } from "./session.js";
import { Shell } from "./shell/shell.js";
import { TokenForm } from "./shell/token-form.js";
import { useStore } from "./store.js";

function App() {
  return useStore(session) === "asked" ? html`<${TokenForm} />` : html`<${Shell} />`;
}

onUnauthorised(() => session.set("asked"));
addEventListener("hashchange", takeTokenOfAddress);
await takeTokenOfAddress();
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
if (session.get() === "open") {
  listen();
}
session.subscribe((state) => state === "open" && listen());
