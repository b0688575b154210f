// Two pictures in one place, with a divider between them: A left of it, B right. Arrow keys, a press or a drag move it.
//   a, b   {picture, alt}
import { html, useState } from "../../parts/html.js";
import { BlobPicture } from "./blob-picture.js";

export function SplitView({ a, b, ratio }) {
  const [place, setPlace] = useState(50);
  return html`<div class="split-view" style=${{ "--place": `${place}%` }}>
    <${BlobPicture} ...${b} ratio=${ratio} />
    <div class="split-a"><${BlobPicture} ...${a} ratio=${ratio} /></div>
    <span class="split-label at-left" aria-hidden="true">A</span>
    <span class="split-label at-right" aria-hidden="true">B</span>
    <input type="range" min="0" max="100" step="1" value=${place} aria-label="Divider between A and B"
      aria-valuetext=${`A up to ${place} %, B behind`}
        onInput=${(event) => setPlace(Number(event.currentTarget.value))} />
  </div>`;
}
