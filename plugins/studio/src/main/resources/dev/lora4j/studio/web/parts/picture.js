// A picture; pressing it shows it large.
//   src, alt
//   width, height   of the picture, to keep its place while it loads
//   caption         text below
//   zoom            false: cannot be pressed
//   busy            something newer is on its way
//   children        what is shown instead while there is no src
import { html, useEffect, useState } from "./html.js";
import { Icon } from "./icon.js";
import { Zoom } from "./zoom.js";

const small = 192;

export function Picture({ src, alt, width, height, caption, zoom = true, busy, children }) {
  const [state, setState] = useState("loading");
  const [pixels, setPixels] = useState(false);
  const [large, setLarge] = useState(false);
  useEffect(() => setState("loading"), [src]);
  const onLoad = (event) => {
    setState("shown");
    setPixels(Math.max(event.currentTarget.naturalWidth, event.currentTarget.naturalHeight) <= small);
  };
  const image =
    src &&
    html`<img src=${src} alt=${alt} width=${width} height=${height} loading="lazy" decoding="async"
    class=${pixels ? "pixels" : ""} onLoad=${onLoad} onError=${() => setState("missing")} />`;
  const body =
    !src || state === "missing"
      ? html`<div class="no-picture">
          ${src ? html`<span>The picture is not there.</span>` : (children ?? html`<${Icon} name="picture" />`)}
        </div>`
      : zoom
        ? html`<button type="button" class="zoomable" aria-label=${`${alt}, show large`}
          onClick=${() => setLarge(true)}>${image}</button>`
        : image;
  return html`<figure class=${`picture ${busy ? "busy" : ""}`} aria-busy=${busy ? true : undefined}>
    ${body}
    ${caption && html`<figcaption>${caption}</figcaption>`}
    ${large && html`<${Zoom} src=${src} alt=${alt} pixels=${pixels} onClose=${() => setLarge(false)} />`}
  </figure>`;
}
