// A slider with a number box beside it. The box takes numbers beyond the slider's ends.
//   label, hideLabel, help
//   value (number), onInput(number)
//   min, max, step       of the slider
//   least, most          of the box; without them it has no limits
//   disabled
//   format(number)       what screen readers say instead of the number
import { html, useEffect, useId, useState } from "./html.js";

export function Slider({
  label,
  hideLabel,
  help,
  value,
  onInput,
  min = 0,
  max = 1,
  step = 0.05,
  least,
  most,
  disabled,
  format = String,
}) {
  const id = useId();
  const [text, setText] = useState(String(value));
  useEffect(() => {
    if (Number(text) !== value) {
      setText(String(value));
    }
  }, [value]);
  const type = (event) => {
    const control = event.currentTarget;
    setText(control.value);
    if (control.value !== "" && control.validity.valid) {
      onInput(Number(control.value));
    }
  };
  const share = Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
  return html`<div class="slider">
    <label for=${id} class=${hideLabel ? "hidden-text" : ""}>${label}</label>
    <input type="range" id=${id} min=${min} max=${max} step=${step} value=${value} disabled=${disabled}
      style=${{ "--share": `${share * 100}%` }} aria-valuetext=${format(value)}
      aria-describedby=${help ? `${id}-help` : undefined}
      onInput=${(event) => onInput(Number(event.currentTarget.value))} />
    <input type="number" inputmode="decimal" aria-label=${`${label}, number`} min=${least} max=${most} step="any"
      value=${text} disabled=${disabled} onInput=${type} onBlur=${() => setText(String(value))} />
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}
  </div>`;
}
