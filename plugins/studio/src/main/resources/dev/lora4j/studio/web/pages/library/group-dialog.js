// Makes or changes a group.
//   group     its name, "" for a new one; members: names of its adapters
//   cards, taken (names of groups)
//   onClose(name)   name of the group if it was saved, "" if it was removed, undefined if neither
import { html, useState } from "../../parts/html.js";
import { post } from "../../api.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { SearchBox } from "../../parts/search-box.js";
import { TextField } from "../../parts/text-field.js";
import { plural } from "../../parts/words.js";
import { readLibrary } from "../../state.js";
import { choose, everything } from "./query.js";

const most = 200;

export function GroupDialog({ group, members, cards, taken, onClose }) {
  const [name, setName] = useState(group);
  const [chosen, setChosen] = useState(new Set(members));
  const [text, setText] = useState("");
  const found = choose(cards, {}, { ...everything, text });
  const wanted = name.trim();
  const clash = wanted !== group && taken.includes(wanted) ? "There is a group of this name." : undefined;
  const save = async () => {
    await post("studio/library/groups", { group: wanted, adapters: [...chosen] });
    if (group && group !== wanted) {
      await post("studio/library/groups", { group, adapters: [] });
    }
    await readLibrary();
    onClose(wanted);
  };
  const remove = async () => {
    await post("studio/library/groups", { group, adapters: [] });
    await readLibrary();
    onClose("");
  };
  const toggle = (adapter) => {
    const next = new Set(chosen);
    if (!next.delete(adapter)) {
      next.add(adapter);
    }
    setChosen(next);
  };
  const footer = html`${group && html`<${Button} kind="danger" icon="trash" onClick=${remove}>Remove group<//>`}
    <${Button} onClick=${() => onClose()}>Cancel<//>
    <${Button} kind="primary" disabled=${!wanted || !chosen.size || clash} onClick=${save}>Save<//>`;
  return html`<${Dialog} title=${group ? `Group ${group}` : "New group"} onClose=${() => onClose()} footer=${footer}>
    <${TextField} label="Name" value=${name} onInput=${setName} error=${clash} />
    <${SearchBox} label="Search adapters" value=${text} onInput=${setText} />
    <fieldset class="members">
      <legend>${plural(chosen.size, "adapter")} chosen</legend>
      ${found.slice(0, most).map(
        (card) => html`<label key=${card.name}>
        <input type="checkbox" checked=${chosen.has(card.name)} onChange=${() => toggle(card.name)} /> ${card.name}
      </label>`,
      )}
      ${found.length > most && html`<p class="muted small">and ${found.length - most} more; search for them</p>`}
    </fieldset>
    <p class="muted small">Removing a group leaves its adapters as they are.</p>
  <//>`;
}
