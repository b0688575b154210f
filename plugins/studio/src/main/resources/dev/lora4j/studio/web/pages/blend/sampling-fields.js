// Base, sampler, schedule and size of a picture; what is undefined is the base's own.
//   values                       {sampler, schedule, width, height}
//   base                         the base that is chosen
//   start                        what there is to choose from
//   onInput(changes, name)       name tells one field's changes from another's
import { html } from "../../parts/html.js";
import { NumberField } from "../../parts/number-field.js";
import { Select } from "../../parts/select.js";

export function SamplingFields({ values, base, start, onInput }) {
  const { width, height } = values;
  const unit = base?.unit ?? 8;
  const set = (name) => (value) => onInput({ [name]: value || undefined }, name);
  // Both sides or none: one alone would leave the shape open.
  const setSide = (side) => (value) => {
    const sides = { width: width ?? base?.width, height: height ?? base?.height, [side]: value };
    onInput(value === undefined ? { width: undefined, height: undefined } : sides, "size");
  };
  const side = (label, name) =>
    html`<${NumberField} label=${label} min=${unit} step=${unit} value=${values[name]}
      placeholder=${String(base?.[name] ?? "")} onInput=${setSide(name)} />`;
  return html`<${Select} label="Base" options=${start.bases.map((one) => one.name)} value=${base?.name}
      onInput=${set("base")} />
    <${Select} label="Sampler" options=${start.samplers} empty=${`${base?.sampler ?? "of the base"} (default)`}
      value=${values.sampler} onInput=${set("sampler")} />
    <${Select} label="Schedule" options=${start.schedules.filter((one) => one !== "default")} empty="default"
      value=${values.schedule} onInput=${set("schedule")} />
    ${side("Width", "width")}${side("Height", "height")}`;
}
