// What changes along one direction of a grid, and to which values.
import { html } from "../../parts/html.js";
import { Chip } from "../../parts/chip.js";
import { Select } from "../../parts/select.js";
import { TextField } from "../../parts/text-field.js";
import { kinds, valuesOf } from "./axes.js";

export function AxisField({ label, axis, onChange, adapters, blocks, start, problem, required }) {
  const kind = kinds.find((one) => one.value === axis.kind) ?? kinds[0];
  const choose = (value) =>
    onChange({
      kind: value,
      values: kinds.find((one) => one.value === value)?.example ?? "",
      adapter: axis.adapter ?? adapters[0],
    });
  const ofAdapter = axis.kind === "lora" || axis.kind === "block";
  const lists = { sampler: start.samplers, schedule: start.schedules };
  return html`<fieldset class="axis">
    <legend>${label}</legend>
    <div class="fields">
      <${Select} label="What changes" options=${required ? kinds.slice(1) : kinds} value=${axis.kind}
        onInput=${choose} />
      ${
        ofAdapter &&
        html`<${Select} label="Adapter" options=${adapters} empty="choose one" value=${axis.adapter}
        onInput=${(adapter) => onChange({ adapter })} />`
      }
      ${
        axis.kind === "block" &&
        html`<${Select} label="Block" options=${blocks} empty="choose one" value=${axis.block}
        onInput=${(block) => onChange({ block })} />`
      }
    </div>
    ${
      axis.kind &&
      html`<${TextField} label=${axis.kind === "prompt" ? "Texts, one a line" : "Values"}
        rows=${axis.kind === "prompt" ? 3 : undefined}
      value=${axis.values} placeholder=${kind.example} spellcheck=${false} error=${problem} help=${helpOf(axis.kind)}
      onInput=${(values) => onChange({ values })} />`
    }
    ${
      lists[axis.kind] &&
      html`<p class="row">${lists[axis.kind].map(
        (one) => html`<${Chip} key=${one} pressed=${valuesOf(axis).includes(one)}
      label="Put in or take out" onClick=${() => onChange({ values: toggled(valuesOf(axis), one) })}>${one}<//>`,
      )}</p>`
    }
  </fieldset>`;
}

function toggled(values, one) {
  return (values.includes(one) ? values.filter((other) => other !== one) : [...values, one]).join(",");
}

function helpOf(kind) {
  if (kind === "prompt") {
    return "The first is a part of the prompt; the others stand in its place.";
  }
  return kind === "sampler" || kind === "schedule"
    ? undefined
    : "Separated by commas; 1-4 counts, 0..1:0.25 goes in steps.";
}
