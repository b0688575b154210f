// What becomes of the blend: its command line, its prompt text, a recipe, a file, a link.
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { CommandLine } from "../../parts/command-line.js";
import { copy } from "../../parts/copy.js";
import { href } from "../../router.js";
import { MergeDialog } from "./merge-dialog.js";
import { requestOf } from "./model.js";
import { toText } from "./share.js";

export function UseBlend({ blend, start }) {
  const [answer, setAnswer] = useState({});
  const [merging, setMerging] = useState(false);
  const copyLink = () => copy(new URL(href("blend", { b: toText(blend) }), location.href).href, "Link");
  return html`<section class="panel stack" aria-labelledby="blend-use">
    <h2 id="blend-use">Use this blend</h2>
    <div class="row">
      <${Button} icon="download" disabled=${!blend.adapters.some((row) => row.on)}
        onClick=${() => setMerging(true)}>Merge to one file…<//>
      <${Button} icon="copy" disabled=${!answer.prompt}
        onClick=${() => copy(answer.prompt, "Prompt text")}>Copy as prompt text<//>
      <${Button} icon="copy" onClick=${copyLink}>Copy a link<//>
    </div>
    ${
      blend.prompt.trim() &&
      html`<${CommandLine} action="generate" request=${requestOf(blend)} onAnswer=${setAnswer} />
      ${
        answer.prompt
          ? html`<${CommandLine} label="Prompt text" command=${answer.prompt} />`
          : answer.why && html`<p class="help">No prompt text: ${answer.why}</p>`
      }`
    }
    ${merging && html`<${MergeDialog} blend=${blend} start=${start} onClose=${() => setMerging(false)} />`}
  </section>`;
}
