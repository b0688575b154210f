// The picture of the blend, alone or beside one that was kept as A.
//   blend, base, preview     see live-preview.js
//   view, setView            {live, a: blend or undefined, mode: "one" | "split" | "pair"}
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Toggle } from "../../parts/toggle.js";
import { BlobPicture } from "./blob-picture.js";
import { useBlobUrl } from "./blob-url.js";
import { edit } from "./editing.js";
import { useKeptPicture } from "./kept-picture.js";
import { PreviewStatus } from "./preview-status.js";
import { SplitView } from "./split-view.js";

const modes = [
  ["one", "B alone"],
  ["split", "Divided"],
  ["pair", "Side by side"],
];

export function Stage({ blend, base, preview, view, setView }) {
  const { shown, making } = preview;
  const idle = !making && (!view.live || !preview.canBeMade || preview.error || (shown?.blend === blend && shown.full));
  const kept = useKeptPicture(view.a, Boolean(idle));
  const ratio = (blend.width ?? base?.width ?? 1) / (blend.height ?? base?.height ?? 1);
  const a = { picture: kept.picture, alt: `A: ${view.a?.prompt ?? ""}` };
  const b = { picture: shown?.picture, alt: `${view.a ? "B" : "Picture"}: ${shown?.blend.prompt ?? ""}` };
  const swap = () => {
    const other = view.a;
    setView({ a: blend });
    edit(() => other);
  };
  return html`<section class="blend-stage" aria-label="Picture">
    <div class=${`stage-pictures ${making ? "busy" : ""}`} aria-busy=${making ? true : undefined}>
      ${
        view.a && view.mode === "split"
          ? html`<${SplitView} a=${a} b=${b} ratio=${ratio} />`
          : view.a && view.mode === "pair"
            ? html`<div class="stage-pair">
              <figure><${BlobPicture} ...${a} zoom ratio=${ratio} /><figcaption>A</figcaption></figure>
              <figure><${BlobPicture} ...${b} zoom ratio=${ratio} /><figcaption>B</figcaption></figure>
            </div>`
            : html`<${BlobPicture} ...${b} zoom ratio=${ratio} />`
      }
    </div>
    <${PreviewStatus} preview=${preview} blend=${blend} live=${view.live} />
    <div class="row">
      <${Toggle} label="Live" value=${view.live} onInput=${(live) => setView({ live })} />
      ${
        !view.live &&
        html`<${Button} kind="primary" icon="play" disabled=${!preview.canBeMade}
        onClick=${() => preview.now()}>Make the picture<//>`
      }
      <${Button} icon="compare" onClick=${() => setView({ a: blend, mode: view.a ? view.mode : "split" })}>
        ${view.a ? "Keep this as A" : "Keep as A and compare"}<//>
      <${Download} shown=${shown} blend=${blend} />
    </div>
    ${view.a && html`<${Comparison} blend=${blend} view=${view} setView=${setView} swap=${swap} kept=${kept} />`}
  </section>`;
}

function Comparison({ blend, view, setView, swap, kept }) {
  const useSeed = () => edit((old) => ({ ...old, seed: view.a.seed }));
  return html`<div class="comparison" role="group" aria-label="Comparison with A">
    <div class="row">
      <div class="segments">
        ${modes.map(
          ([mode, text]) => html`<button key=${mode} type="button" class="button" aria-pressed=${view.mode === mode}
            onClick=${() => setView({ mode })}>${text}</button>`,
        )}
      </div>
      <${Button} icon="again" onClick=${swap}>Swap A and B<//>
      <${Button} kind="quiet" icon="close" onClick=${() => setView({ a: undefined })}>Leave A<//>
    </div>
    ${kept.error && html`<p class="error-text">A: ${kept.error.message}</p>`}
    ${
      view.a.seed !== blend.seed &&
      html`<p class="help">
      A has seed ${view.a.seed}, B has seed ${blend.seed}. <button type="button" class="link"
        onClick=${useSeed}>Use A's seed</button>
    </p>`
    }
  </div>`;
}

function Download({ shown, blend }) {
  const isReady = shown?.full && shown.blend === blend;
  const url = useBlobUrl(isReady ? shown.picture.blob : undefined);
  const name = `${blend.prompt.replace(/[^\w-]+/g, "-").slice(0, 40) || "picture"}-${blend.seed}.png`;
  return url
    ? html`<a class="button plain" href=${url} download=${name}>Download PNG</a>`
    : html`<${Button} disabled>Download PNG<//>`;
}
