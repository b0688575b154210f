// A picture of the cache. It keeps its place and the older picture until the newer one is there.
//   picture       {blob}; without one the children are shown
//   alt, zoom     zoom: pressing it shows it large
//   ratio         width over height, to keep its place
import { html, useState } from "../../parts/html.js";
import { Icon } from "../../parts/icon.js";
import { Zoom } from "../../parts/zoom.js";
import { useBlobUrl } from "./blob-url.js";

/** Pictures of so few pixels are shown with sharp ones. */
const SMALL = 192;

export function BlobPicture({ picture, alt, zoom, ratio = 1, children }) {
  const url = useBlobUrl(picture?.blob);
  const [size, setSize] = useState(0);
  const [large, setLarge] = useState(false);
  const style = { "aspect-ratio": String(ratio) };
  if (!url) {
    return html`<div class="blend-picture empty-picture" style=${style}>${
      children ??
      html`<${Icon}
      name="picture" />`
    }</div>`;
  }
  const pixels = size > 0 && size <= SMALL;
  const measure = (event) => setSize(Math.max(event.currentTarget.naturalWidth, event.currentTarget.naturalHeight));
  const image = html`<img src=${url} alt=${alt} class=${pixels ? "pixels" : ""} draggable=${false}
    onLoad=${measure} />`;
  return html`<div class="blend-picture" style=${style}>
    ${
      zoom
        ? html`<button type="button" aria-label=${`${alt}. Show it large`}
          onClick=${() => setLarge(true)}>${image}</button>`
        : image
    }
    ${large && html`<${Zoom} src=${url} alt=${alt} pixels=${pixels} onClose=${() => setLarge(false)} />`}
  </div>`;
}
