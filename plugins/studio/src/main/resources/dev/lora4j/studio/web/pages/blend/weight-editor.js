// The weight of an adapter: one number, one for a part of the steps, or a curve over the steps.
//   name            of the adapter
//   text            the weight as --lora takes it
//   usual           the number that a double press on the slider brings back
//   onChange(text)
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { NumberField } from "../../parts/number-field.js";
import { Select } from "../../parts/select.js";
import { Slider } from "../../parts/slider.js";
import { TextField } from "../../parts/text-field.js";
import { CurveEditor } from "./curve-editor.js";
import { asKind, constant, formatWeight, parseWeight } from "./weight.js";

const kinds = [
  { value: "constant", text: "in all steps" },
  { value: "window", text: "in a part of the steps" },
  { value: "curve", text: "along a curve" },
];

export function WeightEditor({ name, text, usual, onChange }) {
  const [wide, setWide] = useState(false);
  const { weight, problem } = read(text);
  const change = (next) => onChange(formatWeight(next));
  const choose = (kind) => change(weight ? asKind(weight, kind) : constant(usual));
  const isLevel = weight?.kind === "constant" || weight?.kind === "window";
  const isTable = weight?.kind === "table";
  const options = isTable ? [...kinds, { value: "table", text: "by equal parts" }] : kinds;
  const isWide = isLevel && (wide || weight.value < 0 || weight.value > 1.5);
  const reset = () => change({ ...weight, value: usual });
  return html`<div class="weight-editor">
    <${Select} label=${`When ${name} counts`} hideLabel options=${options} value=${weight?.kind ?? "constant"}
      onInput=${choose} />
    ${
      isLevel &&
      html`<div class="weight-slider" onDblClick=${(event) => event.target.type === "range" && reset()}>
      <${Slider} label=${`Weight of ${name}`} hideLabel min=${isWide ? -2 : 0} max=${isWide ? 2 : 1.5} step=${0.05}
        value=${weight.value} onInput=${(value) => change({ ...weight, value })} />
      <${Button} kind="quiet" aria-pressed=${isWide} label="From -2 to 2" onClick=${() => setWide(!wide)}>±<//>
      <${Button} kind="quiet" icon="again" label=${`Back to ${usual}`} disabled=${weight.value === usual}
        onClick=${reset} />
    </div>`
    }
    ${weight?.kind === "window" && html`<${Part} weight=${weight} change=${change} />`}
    ${weight?.kind === "curve" && html`<${CurveEditor} name=${name} curve=${weight} onChange=${change} />`}
    ${
      (!weight || isTable || weight.kind === "curve") &&
      html`<${TextField} label="As text" value=${text} error=${problem} spellcheck=${false} onInput=${onChange} />`
    }
  </div>`;
}

function Part({ weight, change }) {
  const percent = (share) => Math.round(share * 1e4) / 100;
  const set = (end) => (value) => {
    if (value !== undefined) {
      const share = Math.min(100, Math.max(0, value)) / 100;
      const other =
        end === "from"
          ? { from: share, to: Math.max(share, weight.to) }
          : { to: share, from: Math.min(share, weight.from) };
      change({ ...weight, ...other });
    }
  };
  return html`<div class="fields">
    <${NumberField} label="From % of the steps" min=${0} max=${100} value=${percent(weight.from)}
      onInput=${set("from")} />
    <${NumberField} label="To % of the steps" min=${0} max=${100} value=${percent(weight.to)} onInput=${set("to")} />
  </div>`;
}

function read(text) {
  try {
    return { weight: parseWeight(text) };
  } catch (error) {
    return { problem: error.message };
  }
}
