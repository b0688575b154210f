// Links to the pages: a rail beside the page, a bar below it on narrow screens.
import { html, useEffect, useRef, useState } from "../parts/html.js";
import { Icon } from "../parts/icon.js";
import { isActive } from "../actions.js";
import { href, pages } from "../router.js";
import { jobs } from "../state.js";
import { useStore } from "../store.js";
import { ThemeSwitch } from "./theme-switch.js";

const inBar = ["library", "blend", "train", "runs"];

export function Navigation({ page }) {
  const [open, setOpen] = useState(false);
  const more = useRef();
  const active = (useStore(jobs).value ?? []).filter(isActive).length;
  useEffect(() => setOpen(false), [page.name]);
  const onKeyDown = (event) => {
    if (event.key === "Escape" && open) {
      setOpen(false);
      more.current.focus();
    }
  };
  const isHidden = !inBar.includes(page.name);
  return html`<header class=${`rail ${open ? "open" : ""}`} onKeyDown=${onKeyDown}>
    <a class="brand" aria-label="lora4j studio" href=${href("library")}><${Icon} name="logo" /><span>lora4j <em>studio</em></span></a>
    <nav aria-label="Pages">
      <ul>
        ${pages.map(
          (one) => html`<li key=${one.name} class=${inBar.includes(one.name) ? "in-bar" : "in-more"}>
            <a href=${href(one.name)} aria-current=${one.name === page.name ? "page" : undefined}>
              <${Icon} name=${one.icon} /><span>${one.title}</span>
              ${one.name === "runs" && active > 0 && html`<${Count} jobs=${active} />`}
            </a>
          </li>`,
        )}
      </ul>
    </nav>
    <button ref=${more} type="button" class=${`more ${isHidden ? "current" : ""}`} aria-expanded=${open}
      onClick=${() => setOpen(!open)}>
      <${Icon} name="more" /><span>${isHidden ? page.title : "More"}</span>
    </button>
    <${ThemeSwitch} />
  </header>`;
}

const Count = ({ jobs: active }) =>
  html`<span class="count">${active}<span class="hidden-text"> ${active === 1 ? "job" : "jobs"} to do</span></span>`;
