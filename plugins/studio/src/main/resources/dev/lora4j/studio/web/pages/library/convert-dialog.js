// Writes an adapter in another layout or dtype, as a new file.
//   card, onClose()
import { html, useState } from "../../parts/html.js";
import { ActionDialog } from "../../parts/action-dialog.js";
import { Select } from "../../parts/select.js";
import { TextField } from "../../parts/text-field.js";
import { Toggle } from "../../parts/toggle.js";

export function ConvertDialog({ card, onClose }) {
  const [output, setOutput] = useState("");
  const [layout, setLayout] = useState("diffusers");
  const [dtype, setDtype] = useState("");
  const [foldAlpha, setFoldAlpha] = useState(false);
  const [rewrite, setRewrite] = useState(false);
  const [overwrite, setOverwrite] = useState(false);
  const name = output.trim() || `${card.name}-${layout}`;
  const request = {
    adapter: card.name,
    output: name,
    layout,
    dtype: dtype || undefined,
    foldAlpha: foldAlpha || undefined,
    rewrite: rewrite || undefined,
    overwrite: overwrite || undefined,
  };
  return html`<${ActionDialog} title=${`Convert ${card.name}`} verb="Convert" action="convert" request=${request}
    onClose=${onClose}>
    ${(error) => html`
      <${TextField} label="Name of the new adapter" value=${output} placeholder=${name} onInput=${setOutput}
        error=${error("output")} spellcheck=${false} />
      <div class="columns">
        <${Select} label="Layout" options=${["kohya", "diffusers", "peft"]} value=${layout} onInput=${setLayout}
          error=${error("layout")} />
        <${Select} label="Type of numbers" empty="as it is" options=${["f32", "f16", "bf16"]} value=${dtype}
          onInput=${setDtype} error=${error("dtype")} />
      </div>
      <${Toggle} label="Fold alpha into the factors" value=${foldAlpha} onInput=${setFoldAlpha}
        help="For programs that know no alpha." />
      <${Toggle} label="Take the nearest form" value=${rewrite} onInput=${setRewrite}
        help="Where the layout cannot say what the adapter is." />
      <${Toggle} label="Replace an adapter of that name" value=${overwrite} onInput=${setOverwrite} />`}
  <//>`;
}
