// Short messages in the corner.
//   toast("Copied", {link: {href, text}})   goes away by itself
//   toastError(error)                        stays until it is closed, or newer ones take its place
//   <Toasts />                               shows them; the shell has it
import { html, useEffect, useRef } from "./html.js";
import { Icon } from "./icon.js";
import { store, useStore } from "../store.js";

const duration = 6000;
const most = 4;
const shown = store([]);
let count = 0;

export function toast(text, { link } = {}) {
  const id = add({ text, link });
  setTimeout(() => close(id), duration);
}

export function toastError(error) {
  if (error.name !== "AbortError") {
    add({ text: error.message, isError: true });
  }
}

function add(item) {
  const id = ++count;
  shown.update((items) => [...items.filter((other) => other.text !== item.text), { ...item, id }].slice(-most));
  return id;
}

function close(id) {
  shown.update((items) => items.filter((item) => item.id !== id));
}

export function Toasts() {
  const items = useStore(shown);
  const layer = useRef();
  // shown anew as a popover, so that it lies above a dialog that was opened in the meantime
  useEffect(() => {
    layer.current.hidePopover();
    if (items.length) {
      layer.current.showPopover();
    }
  }, [items]);
  const show = (item) => html`<li key=${item.id} class=${item.isError ? "toast failure" : "toast"}>
    <${Icon} name=${item.isError ? "warning" : "check"} />
    <p>${item.text} ${item.link && html`<a href=${item.link.href}>${item.link.text}</a>`}</p>
    <button type="button" class="button quiet icon-only" aria-label="Close" onClick=${() => close(item.id)}>
      <${Icon} name="close" />
    </button>
  </li>`;
  const newest = items.at(-1);
  // what is not rendered is not read out when it appears, so the words are also in regions that always are
  return html`<p class="hidden-text" role="status">${newest && !newest.isError && newest.text}</p>
    <p class="hidden-text" role="alert">${newest?.isError && newest.text}</p>
    <section class="toasts" ref=${layer} popover="manual" aria-label="Messages"><ul>${items.map(show)}</ul></section>`;
}
