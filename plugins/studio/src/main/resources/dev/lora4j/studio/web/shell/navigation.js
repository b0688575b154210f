// Links to the pages: a rail beside the page; on narrow screens a bar below it, with a sheet for the rest.
import { html, useEffect, useRef, useState } from "../parts/html.js";
import { Icon } from "../parts/icon.js";
import { useMedia } from "../parts/use-media.js";
import { isActive } from "../actions.js";
import { href, pages } from "../router.js";
import { jobs } from "../state.js";
import { useStore } from "../store.js";
import { ThemeSwitch } from "./theme-switch.js";

const room = 4;

export function Navigation({ page }) {
  const wide = useMedia("(min-width: 45rem)");
  if (wide) {
    return html`<header class="rail">
      <a class="brand" aria-label="lora4j studio" href=${href("library")}><${Icon} name="logo" />
        <span>lora4j <em>studio</em></span></a>
      <nav aria-label="Pages"><${Links} pages=${pages} current=${page} /></nav>
      <${ThemeSwitch} />
    </header>`;
  }
  return html`<header class="bar-below"><nav aria-label="Pages">
    <${Links} pages=${pages.slice(0, room)} current=${page} />
    <${More} pages=${pages.slice(room)} current=${page} />
  </nav></header>`;
}

function More({ pages: hidden, current }) {
  const [open, setOpen] = useState(false);
  const button = useRef();
  useEffect(() => setOpen(false), [current.name]);
  const onKeyDown = (event) => {
    if (event.key === "Escape" && open) {
      setOpen(false);
      button.current.focus();
    }
  };
  const isHidden = hidden.includes(current);
  return html`<div class="more" onKeyDown=${onKeyDown}>
    <button ref=${button} type="button" class=${isHidden ? "current" : ""} aria-expanded=${open}
      onClick=${() => setOpen(!open)}>
      <${Icon} name="more" /><span>${isHidden ? current.title : "More"}</span>
    </button>
    ${open && html`<div class="sheet"><${Links} pages=${hidden} current=${current} /><${ThemeSwitch} /></div>`}
  </div>`;
}

function Links({ pages: shown, current }) {
  const active = (useStore(jobs).value ?? []).filter(isActive).length;
  return html`<ul>
    ${shown.map(
      (one) => html`<li key=${one.name}>
        <a href=${href(one.name)} aria-current=${one.name === current.name ? "page" : undefined}>
          <${Icon} name=${one.icon} /><span>${one.title}</span>
          ${one.name === "runs" && active > 0 && html`<${Count} jobs=${active} />`}
        </a>
      </li>`,
    )}
  </ul>`;
}

const Count = ({ jobs: active }) =>
  html`<span class="count">${active}<span class="hidden-text"> ${active === 1 ? "job" : "jobs"} to do</span></span>`;
