// The groups of one adapter; pressing a group puts the adapter in or takes it out.
//   name, groups {name: [adapters]}
import { html, useState } from "../../parts/html.js";
import { post } from "../../api.js";
import { Button } from "../../parts/button.js";
import { Chip } from "../../parts/chip.js";
import { TextField } from "../../parts/text-field.js";
import { toastError } from "../../parts/toast.js";
import { readLibrary } from "../../state.js";

export function GroupChips({ name, groups }) {
  const [fresh, setFresh] = useState("");
  const save = (group, adapters) =>
    post("studio/library/groups", { group, adapters }).then(readLibrary).catch(toastError);
  const toggle = (group) => {
    const members = groups[group];
    return save(group, members.includes(name) ? members.filter((one) => one !== name) : [...members, name]);
  };
  const add = async (event) => {
    event.preventDefault();
    const group = fresh.trim();
    if (group) {
      await save(group, [...new Set([...(groups[group] ?? []), name])]);
      setFresh("");
    }
  };
  return html`<div class="row">
    ${Object.keys(groups).map(
      (group) => html`<${Chip} key=${group} pressed=${groups[group].includes(name)}
      onClick=${() => toggle(group)}>${group}<//>`,
    )}
    <form class="row add-group" onSubmit=${add}>
      <${TextField} label="New group" hideLabel placeholder="New group" value=${fresh} onInput=${setFresh} />
      <${Button} type="submit" icon="plus" label="Add to the new group" />
    </form>
  </div>`;
}
