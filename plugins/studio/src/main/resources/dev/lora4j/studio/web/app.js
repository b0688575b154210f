// Starts the page: token, shell, events.
import { onUnauthorised } from "./api.js";
import { listen } from "./events.js";
import { html, render } from "./parts/html.js";
import { route } from "./router.js";
import { session, takeTokenOfAddress } from "./session.js";
import { loadPage } from "./shell/page-view.js";
import { Shell } from "./shell/shell.js";
import { TokenForm } from "./shell/token-form.js";
import { useStore } from "./store.js";

function App() {
  return useStore(session) === "asked" ? html`<${TokenForm} />` : html`<${Shell} />`;
}

// begun early, so that the page's files come while the token is exchanged; the view tells of a failure
loadPage(route.get().page).catch(() => {});
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
