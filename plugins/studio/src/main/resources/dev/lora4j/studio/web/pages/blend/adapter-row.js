// One adapter of the blend: on or off, its weight, and where it counts.
//   row, blend, base
//   card               of the library, if it has one
//   isUnknown          neither the library nor a run has it
//   tone               number of its colour
//   isFirst, isLast    in the list
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Chip } from "../../parts/chip.js";
import { Disclosure } from "../../parts/disclosure.js";
import { Slider } from "../../parts/slider.js";
import { Toggle } from "../../parts/toggle.js";
import { focusOn } from "../focus.js";
import { BlockGrid } from "./block-grid.js";
import { edit } from "./editing.js";
import { moveRow, removeRow, withRow } from "./model.js";
import { RegionChoice } from "./region-choice.js";
import { WeightEditor } from "./weight-editor.js";
import { mainWeight, parseWeight } from "./weight.js";

export function AdapterRow({ row, card, isUnknown, blend, base, ratio, tone, isFirst, isLast }) {
  const change = (changes, tag) => edit((old) => withRow(old, row.name, changes), tag && `${tag} ${row.name}`);
  const addTrigger = (word) => edit((old) => ({ ...old, prompt: old.prompt ? `${old.prompt}, ${word}` : word }));
  const [open, setOpen] = useState(false);
  const remove = () => {
    edit((old) => removeRow(old, row.name));
    focusOn("blend-adapters");
  };
  const triggers = (card?.triggers ?? []).filter((word) => !blend.prompt.includes(word));
  return html`<li class=${`adapter-row tone-${tone} ${row.on ? "" : "off"}`}>
    <div class="adapter-head">
      ${
        card?.preview
          ? html`<img src=${card.preview} alt="" width="40" height="40" />`
          : html`<span class="pick-blank"
        aria-hidden="true" />`
      }
      <${Toggle} label=${row.name} value=${row.on} onInput=${(on) => change({ on })} />
      <span class="adapter-tools">
        <${Button} kind="quiet" icon="up" label=${`Move ${row.name} up`} disabled=${isFirst}
          onClick=${() => edit((old) => moveRow(old, row.name, -1))} />
        <${Button} kind="quiet" icon="down" label=${`Move ${row.name} down`} disabled=${isLast}
          onClick=${() => edit((old) => moveRow(old, row.name, 1))} />
        <${Button} kind="quiet" icon="trash" label=${`Take ${row.name} out`} onClick=${remove} />
      </span>
    </div>
    ${isUnknown && html`<p class="error-text">There is no adapter '${row.name}' in the library.</p>`}
    ${card?.problem && html`<p class="error-text">${card.problem}</p>`}
    ${
      triggers.length > 0 &&
      html`<p class="triggers">${triggers.map(
        (word) =>
          html`<${Chip} key=${word} label="Put this word into the prompt"
            onClick=${() => addTrigger(word)}>+ ${word}<//>`,
      )}</p>`
    }
    <${WeightEditor} name=${row.name} text=${row.weight} usual=${card?.weight ?? 1}
      onChange=${(weight) => change({ weight }, "weight")} />
    <${Disclosure} title="Where it counts" hint=${hintOf(row)} open=${open} onToggle=${setOpen}>
      ${
        open &&
        html`<${TextWeight} row=${row} change=${change} />
        <${BlockGrid} name=${row.name} base=${base} text=${row.blocks ?? ""}
          onChange=${(blocks) => change({ blocks }, "blocks")} />
        <${RegionChoice} row=${row} ratio=${ratio} onChange=${(region) => change({ region })} />`
      }
    <//>
  </li>`;
}

function TextWeight({ row, change }) {
  const own = row.text !== undefined;
  return html`<div class="text-weight">
    <${Toggle} label="A weight of its own at the text encoders" value=${own}
      onInput=${(on) => change({ text: on ? denoiserWeight(row.weight) : undefined })} />
    ${
      own &&
      html`<${Slider} label="Weight at the text encoders" min=${-0.5} max=${1.5} step=${0.05} value=${row.text}
      onInput=${(text) => change({ text }, "text")} />`
    }
  </div>`;
}

function denoiserWeight(text) {
  try {
    return mainWeight(parseWeight(text));
  } catch {
    return 1;
  }
}

function hintOf(row) {
  const said = [
    row.text !== undefined && `text encoders ${row.text}`,
    row.blocks && `blocks ${row.blocks}`,
    row.region && "region",
  ];
  return said.filter(Boolean).join(" · ") || "everywhere";
}
