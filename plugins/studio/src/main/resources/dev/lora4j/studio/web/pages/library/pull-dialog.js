// Pulls an adapter from a hub.
//   source, name   first values;  overwrite: replaces the file of that name
//   onClose()
import { html, useState } from "../../parts/html.js";
import { ActionDialog } from "../../parts/action-dialog.js";
import { TextField } from "../../parts/text-field.js";
import { Toggle } from "../../parts/toggle.js";
import { href } from "../../router.js";

export function PullDialog({ source: first = "", name: firstName = "", overwrite: replaces = false, onClose }) {
  const [source, setSource] = useState(first);
  const [name, setName] = useState(firstName);
  const [file, setFile] = useState("");
  const [overwrite, setOverwrite] = useState(replaces);
  const request = {
    source: source.trim(),
    name: name.trim() || undefined,
    file: file.trim() || undefined,
    overwrite: overwrite || undefined,
  };
  const done = () =>
    name.trim() &&
    html`<p><a href=${href("library", { adapter: name.trim() })}
      onClick=${onClose}>Show ${name.trim()}</a></p>`;
  return html`<${ActionDialog} title="Pull an adapter" verb="Pull" action="pull" request=${request}
    ready=${source.trim() !== ""}
    onClose=${onClose} done=${done}>
    ${(error) => html`
      <${TextField} label="Source" value=${source} onInput=${setSource} error=${error("source")}
        spellcheck=${false} autofocus
        placeholder="hf:OWNER/NAME" help="hf:OWNER/NAME, civitai:NUMBER, or an https: address of a file." />
      <${TextField} label="Name in the library" value=${name} onInput=${setName} error=${error("name")}
        spellcheck=${false}
        placeholder="as its file is called" help="A slash makes a folder: styles/glow." />
      <${TextField} label="File" value=${file} onInput=${setFile} error=${error("file")} spellcheck=${false}
        placeholder="the only one" help="Which file, if the source has several." />
      <${Toggle} label="Replace an adapter of that name" value=${overwrite} onInput=${setOverwrite} />`}
  <//>`;
}
