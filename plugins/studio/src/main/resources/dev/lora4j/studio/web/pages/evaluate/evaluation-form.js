// Which adapter is scored, and on what.
import { html, useState } from "../../parts/html.js";
import { startAction } from "../../actions.js";
import { Button } from "../../parts/button.js";
import { CommandLine } from "../../parts/command-line.js";
import { Disclosure } from "../../parts/disclosure.js";
import { NumberField } from "../../parts/number-field.js";
import { Select } from "../../parts/select.js";
import { Slider } from "../../parts/slider.js";
import { TextField } from "../../parts/text-field.js";
import { library, sets } from "../../state.js";
import { href } from "../../router.js";
import { useStore } from "../../store.js";
import { AdapterPicker } from "../blend/adapter-picker.js";
import { requestOf } from "./settings.js";

const SET = "set:";

export function EvaluationForm({ settings, change, start }) {
  const [picking, setPicking] = useState(false);
  const cards = useStore(library).value?.adapters ?? [];
  const known = useStore(sets).value ?? [];
  const judged = start.judged ?? [];
  const set = (name) => (value) => change({ [name]: value === "" ? undefined : value });
  const styles = [
    ...judged.map((name) => ({ value: name, text: name, group: "Styles that the judges know" })),
    ...known.map(({ name }) => ({ value: SET + name, text: name, group: "True pictures, captioned by concepts" })),
  ];
  const style = settings.truths ? SET + settings.truths : settings.judged;
  const choose = (value) =>
    change(value.startsWith(SET) ? { truths: value.slice(SET.length), judged: "" } : { truths: "", judged: value });
  const ready = Boolean(style);
  const request = requestOf(settings);
  return html`<section class="panel stack" aria-label="What is scored">
    <div>
      <p class="label">Adapter</p>
      <div class="row">
        <span>${settings.adapter || "The base alone"}</span>
        <${Button} onClick=${() => setPicking(true)}>${settings.adapter ? "Another one" : "Choose one"}<//>
        ${
          settings.adapter &&
          html`<${Button} kind="quiet" icon="close"
          onClick=${() => change({ adapter: "" })}>The base alone<//>`
        }
      </div>
    </div>
    ${
      settings.adapter &&
      html`<${Slider} label="Weight" min=${0} max=${1.5} step=${0.05} value=${settings.weight}
        onInput=${set("weight")} />`
    }
    ${
      judged.length > 0 || known.length > 0
        ? html`<${Select} label="The style that it should have" options=${styles} empty="choose one" value=${style}
          onInput=${choose}
          help="The judges know pictures of 64 × 64 pixels such as the bundled base makes." />`
        : html`<p class="help">The judges know pictures of the bundled base alone. For a style of your own, make a set of
          its pictures, captioned by concepts, on the page <a href=${href("train")}>Train</a>.</p>`
    }
    <${Disclosure} title="More settings" hint=${hintOf(settings)}>
      <div class="fields">
        ${
          start.bases.length > 1 &&
          html`<${Select} label="Base" options=${start.bases.map((base) => base.name)}
          empty="the default" value=${settings.base} onInput=${set("base")} />`
        }
        <${NumberField} label="Concepts" min=${1} step=${1} value=${settings.concepts} placeholder="100"
          onInput=${set("concepts")} />
        <${NumberField} label="Pictures of each" min=${1} step=${1} value=${settings.perConcept} placeholder="2"
          onInput=${set("perConcept")} />
        <${NumberField} label="Seed" min=${0} step=${1} value=${settings.seed} placeholder="0" onInput=${set("seed")} />
        <${NumberField} label="Steps" min=${1} step=${1} value=${settings.steps} placeholder="20"
          onInput=${set("steps")} />
        <${NumberField} label="Guidance" min=${0} value=${settings.guidance} placeholder="of the base"
          onInput=${set("guidance")} />
        <${TextField} label="Other style" value=${settings.otherStyle} placeholder="twemoji"
          help="What prompts name that are not about the style."
          onInput=${set("otherStyle")} />
      </div>
    <//>
    <div class="row"><${Button} kind="primary" icon="play" disabled=${!ready}
      onClick=${() => startAction("evaluate", request)}>Evaluate<//></div>
    ${ready && html`<${CommandLine} action="evaluate" request=${request} />`}
    ${
      picking &&
      html`<${AdapterPicker} title="Evaluate an adapter" single cards=${cards}
        onPick=${(card) => change({ adapter: card.name, weight: card.weight ?? 1 })}
      onClose=${() => setPicking(false)} />`
    }
  </section>`;
}

function hintOf({ concepts = 100, perConcept = 2 }) {
  return `${concepts} concepts, ${perConcept} ${perConcept === 1 ? "picture" : "pictures"} of each`;
}
