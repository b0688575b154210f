// A number that can be typed; an empty box is undefined, and the placeholder says what then holds.
//   label, hideLabel, help, error   see field.js
//   value, onInput(number or undefined)
//   min, max, step, placeholder, others go to the control
import { html, useEffect, useState } from "./html.js";
import { Field } from "./field.js";

export function NumberField({ label, hideLabel, help, error, value, onInput, step = "any", ...rest }) {
  const [text, setText] = useState(textOf(value));
  const [bad, setBad] = useState("");
  useEffect(() => {
    if (numberOf(text) !== value) {
      setText(textOf(value));
      setBad("");
    }
  }, [value]);
  const input = (event) => {
    const control = event.currentTarget;
    setText(control.value);
    setBad(control.validity.valid ? "" : control.validationMessage);
    if (control.validity.valid) {
      onInput(numberOf(control.value));
    }
  };
  return html`<${Field} label=${label} hideLabel=${hideLabel} help=${help} error=${error || bad} class="number">
    ${(attributes) =>
      html`<input type="number" inputmode="decimal" step=${step} value=${text} onInput=${input} ...${rest}
        ...${attributes} />`}
  <//>`;
}

const textOf = (value) => (value === undefined || value === null ? "" : String(value));
const numberOf = (text) => (text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text));
