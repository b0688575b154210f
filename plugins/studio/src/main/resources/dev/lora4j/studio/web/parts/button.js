// A button.
//   kind      "primary" | "plain" (default) | "quiet" | "danger"
//   icon      name of an icon (see icon.js)
//   label     name for an icon alone; without it the children are the text
//   busy      shows that its work goes on, and cannot be pressed
//   onClick   may return a promise: busy until it settles, a failure becomes a toast
//   others    type, disabled, aria-… go to the button
import { html, useEffect, useRef, useState } from "./html.js";
import { Icon } from "./icon.js";
import { toastError } from "./toast.js";

export function Button({ kind = "plain", icon, label, busy, onClick, children, class: more = "", ...rest }) {
  const [working, setWorking] = useState(false);
  const shown = useRef(true);
  useEffect(() => () => (shown.current = false), []);
  const isBusy = busy || working;
  const click = async (event) => {
    const work = onClick?.(event);
    if (!work?.then) {
      return;
    }
    setWorking(true);
    try {
      await work;
    } catch (error) {
      toastError(error);
    } finally {
      if (shown.current) {
        setWorking(false);
      }
    }
  };
  // aria-disabled and not disabled: a button that loses the focus while it works throws the reader back
  return html`<button type="button" ...${rest} class=${`button ${kind} ${label ? "icon-only" : ""} ${more}`}
    aria-label=${label} title=${label} aria-disabled=${isBusy ? true : undefined} aria-busy=${isBusy ? true : undefined}
    onClick=${isBusy ? (event) => event.preventDefault() : click}>
    ${isBusy ? html`<span class="spinner" />` : icon && html`<${Icon} name=${icon} />`}
    ${children && html`<span>${children}</span>`}
  </button>`;
}
