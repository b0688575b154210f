// The adapters of one side with their weights.
//   side (0 or 1), name, adapters [{name, weight}], cards (of text adapters), model
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Select } from "../../parts/select.js";
import { Slider } from "../../parts/slider.js";
import { changeSide } from "./texts.js";

export function Mix({ side, name, adapters, cards, model }) {
  const set = (rows) => changeSide(side, rows);
  const left = cards.filter((card) => !adapters.some((row) => row.name === card.name));
  const fits = (card) => !card.bases?.length || card.bases.includes(model.name);
  const options = [...left.filter(fits), ...left.filter((card) => !fits(card))].map((card) => ({
    value: card.name,
    text: card.name,
    group: fits(card) ? undefined : "For other models",
  }));
  const add = (added) =>
    added && set([...adapters, { name: added, weight: cards.find((card) => card.name === added)?.weight ?? 1 }]);
  return html`<fieldset class="panel mix">
    <legend>${name}</legend>
    ${adapters.length === 0 && html`<p class="muted small">The model alone.</p>`}
    ${adapters.map(
      (row) => html`<div key=${row.name} class="mix-row">
      <${Slider} label=${row.name} value=${row.weight} min=${0} max=${1.5} step=${0.05}
        onInput=${(weight) => set(adapters.map((one) => (one.name === row.name ? { ...one, weight } : one)))} />
      <${Button} kind="quiet" icon="close" label=${`Take ${row.name} out of ${name}`}
        onClick=${() => set(adapters.filter((one) => one.name !== row.name))} />
    </div>`,
    )}
    ${
      options.length > 0
        ? html`<${Select} label=${`Add an adapter to ${name}`} hideLabel empty="Add an adapter" options=${options}
        value="" onInput=${add} />`
        : adapters.length === 0 &&
          html`<p class="muted small">The library has no adapters of language models. Train one:
            <code> ./lora4j text train</code></p>`
    }
  </fieldset>`;
}
