// The region of an adapter: the whole picture, or a part that is painted.
import { html, useContext, useState } from "../../parts/html.js";
import { url } from "../../api.js";
import { Button } from "../../parts/button.js";
import { RegionPainter } from "./region-painter.js";
import { ShownPicture } from "./live-preview.js";

export function RegionChoice({ row, ratio, onChange }) {
  const [painting, setPainting] = useState(false);
  const picture = useContext(ShownPicture);
  return html`<div class="region-choice" role="group" aria-label=${`Region of ${row.name}`}>
    ${
      row.region
        ? html`<img src=${url("studio/regions/picture", { id: row.region })}
          alt=${`Region of ${row.name}: where it is light`} />`
        : html`<p class="muted">It counts in the whole picture.</p>`
    }
    <div class="row">
      <${Button} icon="edit"
        onClick=${() => setPainting(true)}>${row.region ? "Change the region" : "Paint a region"}<//>
      ${row.region && html`<${Button} kind="quiet" icon="close" onClick=${() => onChange(undefined)}>Whole picture<//>`}
    </div>
    ${
      painting &&
      html`<${RegionPainter} name=${row.name} region=${row.region} ratio=${ratio} picture=${picture} onSave=${onChange}
      onClose=${() => setPainting(false)} />`
    }
  </div>`;
}
