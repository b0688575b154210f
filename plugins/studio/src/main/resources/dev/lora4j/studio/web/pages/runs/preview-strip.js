// The previews of a training from the first to the last.
//   run, step (the one that is shown large), onStep(step)
import { html, useEffect, useRef } from "../../parts/html.js";

export function PreviewStrip({ run, step, onStep }) {
  const strip = useRef();
  const previews = run.previews ?? [];
  const steps = [...new Set(previews.map((preview) => preview.step))];
  useEffect(() => {
    const shown = strip.current?.querySelector("[aria-pressed=true]");
    if (shown) {
      strip.current.scrollLeft = shown.offsetLeft - (strip.current.clientWidth - shown.offsetWidth) / 2;
    }
  }, [step, steps.length]);
  if (steps.length < 2) {
    return null;
  }
  return html`<div class="strip" ref=${strip} role="group" aria-label=${`Previews of ${run.id} by step`}>
    ${steps.map(
      (one) => html`<button key=${one} type="button" aria-pressed=${one === step}
      onClick=${() => onStep(one)}>
      ${previews
        .filter((preview) => preview.step === one)
        .map((preview) => html`<img key=${preview.url} src=${preview.url} alt="" loading="lazy" />`)}
      <span class="numeric"><span class="hidden-text">Step </span>${one.toLocaleString("en")}</span>
    </button>`,
    )}
  </div>`;
}
