// Which data set is trained on; a new one, or a folder of the machine; and what is dropped into it.
import { html, useState } from "../../parts/html.js";
import { post } from "../../api.js";
import { Button } from "../../parts/button.js";
import { Disclosure } from "../../parts/disclosure.js";
import { ErrorBox } from "../../parts/error-box.js";
import { Select } from "../../parts/select.js";
import { TextField } from "../../parts/text-field.js";
import { readSets, sets } from "../../state.js";
import { useStore } from "../../store.js";
import { plural } from "../../parts/words.js";
import { PictureUpload } from "./picture-upload.js";

export function SetChoice({ set, onSet, pictures }) {
  const { value, error } = useStore(sets);
  const known = value ?? [];
  const options = known.map(({ name, count }) => ({ value: name, text: `${name} (${plural(count, "picture")})` }));
  const chosen = known.find((one) => one.name === set);
  const [made, setMade] = useState(0);
  const isGone = value && set && !chosen;
  return html`<div class="stack">
    ${error && html`<${ErrorBox} title="The sets of pictures could not be read" error=${error} onRetry=${readSets} />`}
    ${
      known.length > 0 &&
      html`<${Select} label="Set of pictures"
        options=${isGone ? [...options, { value: set, text: `${set} (gone)` }] : options}
      empty="Choose a set" value=${set} onInput=${onSet} help=${chosen?.folder} />`
    }
    ${isGone && html`<p class="error-text">There is no set '${set}' any more. Choose another one.</p>`}
    <${Disclosure} key=${made} title="New set" open=${value && known.length === 0}>
      <${NewSet} onSet=${(name) => {
        onSet(name);
        setMade(made + 1);
      }} />
    <//>
    ${chosen && html`<${PictureUpload} key=${set} set=${set} pictures=${pictures} />`}
  </div>`;
}

function NewSet({ onSet }) {
  const [name, setName] = useState("");
  const [folder, setFolder] = useState("");
  const [problem, setProblem] = useState();
  const create = async (event) => {
    event.preventDefault();
    try {
      await post("studio/pictures", { set: name.trim(), ...(folder.trim() && { folder: folder.trim() }) });
      await readSets();
      onSet(name.trim());
    } catch (error) {
      setProblem(error);
    }
  };
  const errorOf = (field) => (problem && (problem.field ?? "set") === field ? problem.message : undefined);
  return html`<form class="stack" onSubmit=${create}>
    <${TextField} label="Name of the new set" value=${name} error=${errorOf("set")} onInput=${setName}
      autocomplete="off" />
    <${TextField} label="Folder of this machine (optional)" value=${folder} error=${errorOf("folder")}
      spellcheck=${false}
      help="A folder below the one where the studio was started is used where it lies. Leave it empty to send pictures from here."
      onInput=${setFolder} />
    <div class="row"><${Button} type="submit" icon="plus" disabled=${!name.trim()}>Create the set<//></div>
  </form>`;
}
