// Starts the page: token, shell, events.
import { onUnauthorised } from "./api.js";
import { listen } from "./events.js";
import { html, render } from "./parts/html.js";
import { route } from "./router.js";
import { session, takeTokenOfAddress } from "./session.js";
import { loadPage } from "./shell/page-view.js";
import { Shell } from "./shell/shell.js";
import { TokenForm } from "./shell/token-form.js";
import { readStart } from "./state.js";
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
  begin();
}
session.subscribe((state) => state === "open" && begin());

// a request of its own tells at once that a token is needed, which the stream of events cannot
async function begin() {
  await readStart();
  if (session.get() === "open") {
    listen();
  }
}
