// The frame of a control: label, help, error. Other fields are built upon it.
//   label     text; hideLabel keeps it for screen readers alone
//   help      a sentence below the control
//   error     text of what is wrong
//   children  a function of the attributes {id, "aria-describedby", "aria-invalid"} of the control
import { html, useId } from "./html.js";

export function Field({ label, hideLabel, help, error, children, class: more = "" }) {
  const id = useId();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  const attributes = {
    id,
    "aria-describedby": described || undefined,
    "aria-invalid": error ? true : undefined,
  };
  return html`<div class=${`field ${more}`}>
    <label for=${id} class=${hideLabel ? "hidden-text" : ""}>${label}</label>
    ${children(attributes)}
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}
    ${error && html`<p class="error-text" id=${`${id}-error`} role="alert">${error}</p>`}
  </div>`;
}
