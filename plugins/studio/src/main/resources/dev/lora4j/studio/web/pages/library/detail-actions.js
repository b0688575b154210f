// What can be done with an adapter.
//   card
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { copy } from "../../parts/copy.js";
import { go, href } from "../../router.js";
import { blend } from "../../state.js";
import { useStore } from "../../store.js";
import { addToBlend, canBlend } from "./adding.js";
import { ConvertDialog } from "./convert-dialog.js";
import { PreviewDialog } from "./preview-dialog.js";
import { PullDialog } from "./pull-dialog.js";
import { ResizeDialog } from "./resize-dialog.js";

export function DetailActions({ card }) {
  const [open, setOpen] = useState("");
  const isInBlend = useStore(blend).adapters.some((row) => row.name === card.name);
  const close = () => setOpen("");
  const isUsable = !card.problem && !card.pending;
  return html`<div class="row">
    ${
      canBlend(card) &&
      (isInBlend
        ? html`<a class="button primary" href=${href("blend")}>Show the blend</a>`
        : html`<${Button} kind="primary" icon="blend" onClick=${() => addToBlend(card)}>Put into the blend<//>`)
    }
    ${
      card.kind === "text" &&
      isUsable &&
      html`<${Button} kind="primary" icon="texts"
      onClick=${() => go("texts", { adapter: card.name })}>Try in Texts<//>`
    }
    ${
      canBlend(card) &&
      html`
      <${Button} icon="copy" onClick=${() => copy(`<lora:${card.name}:${card.weight ?? 1}>`, "Prompt tag")}>Copy tag<//>
      <${Button} icon="picture" onClick=${() => setOpen("preview")}>Make picture<//>
      <a class="button" href=${href("evaluate", { adapter: card.name })}>Evaluate</a>`
    }
    ${
      isUsable &&
      html`
      <${Button} onClick=${() => setOpen("resize")}>Resize<//>
      <${Button} onClick=${() => setOpen("convert")}>Convert<//>`
    }
    ${card.source && html`<${Button} icon="download" onClick=${() => setOpen("pull")}>Pull again<//>`}
    ${open === "preview" && html`<${PreviewDialog} card=${card} onClose=${close} />`}
    ${open === "resize" && html`<${ResizeDialog} card=${card} onClose=${close} />`}
    ${open === "convert" && html`<${ConvertDialog} card=${card} onClose=${close} />`}
    ${open === "pull" && html`<${PullDialog} source=${card.source} name=${card.name} overwrite onClose=${close} />`}
  </div>`;
}
