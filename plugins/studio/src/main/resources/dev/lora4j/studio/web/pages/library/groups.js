// The groups as chips, and the dialog that makes or changes one.
//   groups {name: [adapters]}, cards, current, onSelect(name)
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Chip } from "../../parts/chip.js";
import { GroupDialog } from "./group-dialog.js";

export function Groups({ groups, cards, current, onSelect }) {
  const [edited, setEdited] = useState();
  const names = Object.keys(groups).sort((one, other) => one.localeCompare(other));
  const close = (name) => {
    setEdited(undefined);
    if (name !== undefined) {
      onSelect(name);
    }
  };
  return html`<div class="row groups" role="group" aria-label="Groups">
    ${names.length > 0 && html`<${Chip} pressed=${!current} onClick=${() => onSelect("")}>All<//>`}
    ${names.map(
      (name) => html`<${Chip} key=${name} pressed=${name === current}
      onClick=${() => onSelect(name === current ? "" : name)}>
      ${name} <span class="muted">${groups[name].length}</span><//>`,
    )}
    ${current && html`<${Button} kind="quiet" icon="edit" onClick=${() => setEdited(current)}>Change group<//>`}
    <${Button} kind="quiet" icon="plus" onClick=${() => setEdited("")}>New group<//>
    ${
      edited !== undefined &&
      html`<${GroupDialog} group=${edited} members=${groups[edited] ?? []} cards=${cards}
      taken=${names} onClose=${close} />`
    }
  </div>`;
}
