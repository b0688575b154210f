// Notes of an adapter, kept beside its file.
//   card
import { html, useState } from "../../parts/html.js";
import { post } from "../../api.js";
import { Button } from "../../parts/button.js";
import { NumberField } from "../../parts/number-field.js";
import { TextField } from "../../parts/text-field.js";
import { toast } from "../../parts/toast.js";
import { readLibrary } from "../../state.js";

export function Notes({ card }) {
  const [triggers, setTriggers] = useState((card.triggers ?? []).join(", "));
  const [weight, setWeight] = useState(card.weight);
  const [text, setText] = useState(card.notes ?? "");
  const save = async () => {
    await post("studio/library/notes", { name: card.name, triggers: split(triggers), weight, text });
    await readLibrary();
    toast("Notes saved");
  };
  return html`<div class="stack">
    <${TextField} label="Trigger words" value=${triggers} onInput=${setTriggers} help="Separated by commas." />
    <${NumberField} label="Weight" value=${weight} onInput=${setWeight} placeholder="1"
      help="At which it is put into the blend." />
    <${TextField} label="Remarks" rows=${3} value=${text} onInput=${setText} />
    <div class="row"><${Button} onClick=${save}>Save notes<//></div>
    <p class="help">They are kept in a file beside the adapter, as AUTOMATIC1111 does it.</p>
  </div>`;
}

const split = (text) =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
