// A picture in a dialog, as large as it fits or at several times its size.
//   src, alt
//   pixels   shows small pictures with sharp pixels
//   onClose()
import { html, useState } from "./html.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

export function Zoom({ src, alt, pixels, onClose }) {
  const [scale, setScale] = useState(0);
  const [size, setSize] = useState();
  const measure = (event) => setSize([event.currentTarget.naturalWidth, event.currentTarget.naturalHeight]);
  const style = scale && size ? { width: `${size[0] * scale}px`, maxWidth: "none", height: "auto" } : {};
  const footer = html`<${Button} kind=${scale ? "plain" : "primary"} aria-pressed=${!scale}
    onClick=${() => setScale(0)}>Fit<//>
    ${[1, 2, 4].map(
      (times) => html`<${Button} key=${times} kind=${scale === times ? "primary" : "plain"}
        aria-pressed=${scale === times} onClick=${() => setScale(times)}>${times} ×<//>`,
    )}
    ${size && html`<span class="muted">${size[0]} × ${size[1]} pixels</span>`}`;
  return html`<${Dialog} title=${alt} wide onClose=${onClose} footer=${footer}>
    <div class="zoom" tabindex="0" role="region" aria-label="Picture">
      <img src=${src} alt=${alt} class=${`${pixels ? "pixels" : ""} ${scale ? "" : "fit"}`} style=${style}
        onLoad=${measure} />
    </div>
  <//>`;
}
