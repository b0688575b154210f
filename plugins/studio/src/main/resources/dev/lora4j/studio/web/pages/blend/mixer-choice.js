// The rule that blends the adapters, and whether they are merged into the base's weights.
import { html } from "../../parts/html.js";
import { Disclosure } from "../../parts/disclosure.js";
import { Select } from "../../parts/select.js";
import { edit } from "./editing.js";
import { MixerFields } from "./mixer-fields.js";

export function MixerChoice({ blend, start }) {
  const set = (name) => (value) => edit((old) => ({ ...old, [name]: value || undefined }), name);
  const route = start.routes.filter((one) => one !== "auto");
  return html`<${Disclosure} title="How they are blended" hint=${blend.mixer ?? "added up"}>
    <${MixerFields} mixers=${start.mixers} value=${blend.mixer ?? ""} empty="added up, each at its weight"
      onInput=${set("mixer")} />
    <${Select} label="Route" options=${route} empty="auto" value=${blend.route} onInput=${set("route")}
      help="Merged into the base's weights, or computed beside them: auto takes what is faster. Regions need the second." />
  <//>`;
}
