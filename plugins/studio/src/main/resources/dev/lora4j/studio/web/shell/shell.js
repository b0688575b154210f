// The frame of all pages: skip link, navigation, banner, the page, toasts.
import { html, useEffect, useRef } from "../parts/html.js";
import { Toasts } from "../parts/toast.js";
import { route } from "../router.js";
import { connected } from "../state.js";
import { useStore } from "../store.js";
import { Navigation } from "./navigation.js";
import { PageView } from "./page-view.js";

export function Shell() {
  const { page, query } = useStore(route);
  const isConnected = useStore(connected);
  const main = useRef();
  const shown = useRef(page.name);
  useEffect(() => {
    document.title = `${page.title} · lora4j studio`;
    if (shown.current !== page.name) {
      shown.current = page.name;
      scrollTo(0, 0);
      main.current.focus({ preventScroll: true });
    }
  }, [page.name]);
  const skip = (event) => {
    event.preventDefault();
    main.current.focus();
  };
  return html`<a class="skip" href="#main" onClick=${skip}>Skip to the page</a>
    <${Navigation} page=${page} />
    <main id="main" ref=${main} tabindex="-1" aria-label=${page.title}>
      <div role="status" aria-live="polite">
        ${!isConnected && html`<p class="banner">The server does not answer. Trying again…</p>`}
      </div>
      <${PageView} key=${page.name} page=${page} query=${query} />
    </main>
    <${Toasts} />`;
}
