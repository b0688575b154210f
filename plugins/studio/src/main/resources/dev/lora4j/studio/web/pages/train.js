// The Train page: pictures, captions, settings, a look at what would happen, and the start.
import { html, useEffect } from "../parts/html.js";
import { PageHead } from "../parts/page-head.js";
import { setQuery } from "../router.js";
import { storedStore, useStore } from "../store.js";
import { CaptionTable } from "./train/caption-table.js";
import { FIRST } from "./train/settings.js";
import { LookAndStart } from "./train/look-and-start.js";
import { RunSettings } from "./train/run-settings.js";
import { SetChoice } from "./train/set-choice.js";
import { usePictures } from "./train/pictures.js";
import { needsStart } from "./needs-start.js";

const kept = storedStore("lora4j.train", FIRST);

function TrainPage({ query, start }) {
  const settings = { ...FIRST, ...useStore(kept) };
  const change = (changes) => kept.update((old) => ({ ...FIRST, ...old, ...changes }));
  useEffect(() => {
    const { set, output, from } = query;
    if (set || output || from) {
      change(Object.fromEntries(Object.entries({ set, output, from }).filter(([, text]) => text)));
      setQuery({ set: undefined, output: undefined, from: undefined });
    }
  }, [query]);
  const pictures = usePictures(settings.set);
  return html`<${PageHead} title="Train" lead="Pictures of a style become an adapter." />
    <div class="train-page">
      <section class="panel stack" aria-labelledby="train-pictures">
        <h2 id="train-pictures">1 Pictures</h2>
        <${SetChoice} set=${settings.set} onSet=${(set) => change({ set })} pictures=${pictures} />
      </section>
      <section class="panel stack" aria-labelledby="train-captions">
        <h2 id="train-captions" tabindex="-1">2 Captions</h2>
        ${
          settings.set
            ? html`<${CaptionTable} key=${settings.set} set=${settings.set} pictures=${pictures}
              trigger=${settings.trigger} />`
            : html`<p class="muted">Choose a set of pictures first.</p>`
        }
      </section>
      <section class="panel stack" aria-labelledby="train-settings">
        <h2 id="train-settings">3 Settings</h2>
        <${RunSettings} settings=${settings} change=${change} start=${start} />
      </section>
      <section class="panel stack" aria-labelledby="train-look">
        <h2 id="train-look">4 Look before you start</h2>
        <${LookAndStart} settings=${settings} change=${change} pictures=${pictures} />
      </section>
    </div>`;
}

export default needsStart(TrainPage);
