// Width and height of a picture: both or none are said, as one alone would leave the shape open.
//   width, height     numbers, or undefined for the base's own
//   base
//   onInput({width, height})
import { html } from "../../parts/html.js";
import { NumberField } from "../../parts/number-field.js";

export function SizeFields({ width, height, base, onInput }) {
  const unit = base?.unit ?? 8;
  const set = (side) => (value) => {
    const own = { width: base?.width, height: base?.height };
    onInput(
      value === undefined
        ? { width: undefined, height: undefined }
        : { ...own, ...said({ width, height }), [side]: value },
    );
  };
  const field = (label, side, value) =>
    html`<${NumberField} label=${label} min=${unit} step=${unit} value=${value} placeholder=${String(base?.[side] ?? "")}
      onInput=${set(side)} />`;
  return html`${field("Width", "width", width)}${field("Height", "height", height)}`;
}

const said = (size) => Object.fromEntries(Object.entries(size).filter(([, value]) => value !== undefined));
