// Model, mixes, system text and sampling.
//   models, model, cards
import { html } from "../../parts/html.js";
import { Disclosure } from "../../parts/disclosure.js";
import { Select } from "../../parts/select.js";
import { TextField } from "../../parts/text-field.js";
import { Toggle } from "../../parts/toggle.js";
import { useStore } from "../../store.js";
import { Mix } from "./mix.js";
import { Sampling } from "./sampling.js";
import { change, isChat, texts } from "./texts.js";

const modes = [
  { value: "chat", text: "Chat" },
  { value: "completion", text: "Go on from a text" },
];

export function Settings({ models, model, cards }) {
  const settings = useStore(texts);
  const isCompared = settings.sides.length > 1;
  const fitting = cards.filter((card) => card.kind === "text" && !card.problem);
  const compare = (on) => change({ sides: on ? [settings.sides[0], settings.sides[1] ?? []] : [settings.sides[0]] });
  return html`
    <${Select} label="Model" options=${models.map((one) => one.name)} value=${model.name}
      onInput=${(name) => change({ model: name })} />
    ${
      model.chat
        ? html`<${Select} label="Mode" options=${modes} value=${settings.mode} onInput=${(mode) => change({ mode })} />`
        : html`<p class="help">${model.name} has no chat template: it goes on from your text.</p>`
    }
    ${settings.sides.map(
      (adapters, side) => html`<${Mix} key=${side} side=${side}
      name=${isCompared ? `Mix ${"AB"[side]}` : "Adapters"}
      adapters=${adapters} cards=${fitting} model=${model} />`,
    )}
    <${Toggle} label="Two mixes side by side" value=${isCompared} onInput=${compare}
      help="Both answer the same prompt with the same seed." />
    ${
      isChat(settings, model) &&
      html`<${TextField} label="System text" rows=${3} value=${settings.system}
      onInput=${(system) => change({ system })} />`
    }
    <${Disclosure} title="Sampling"
      hint=${`temperature ${settings.sampling.temperature}, seed ${settings.sampling.seed}`}>
      <${Sampling} sampling=${settings.sampling} />
    <//>`;
}
