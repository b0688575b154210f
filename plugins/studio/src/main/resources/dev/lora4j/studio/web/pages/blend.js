// The Blend page: adapters, their weights, and the picture that they make, live.
import { html, useEffect, useState } from "../parts/html.js";
import { Button } from "../parts/button.js";
import { ErrorBox } from "../parts/error-box.js";
import { PageHead } from "../parts/page-head.js";
import { toast, toastError } from "../parts/toast.js";
import { setQuery } from "../router.js";
import { library } from "../state.js";
import { storedStore, useStore } from "../store.js";
import { AdapterList } from "./blend/adapter-list.js";
import { blendOfPicture } from "./blend/dropped-picture.js";
import { edit, redoEdit, undoEdit, useEdits, useUndoKeys } from "./blend/editing.js";
import { defaultsOf } from "./blend/few-steps.js";
import { Interference } from "./blend/interference.js";
import { ShownPicture, useLivePreview } from "./blend/live-preview.js";
import { completed } from "./blend/model.js";
import { PromptSettings } from "./blend/prompt-settings.js";
import { Recipes } from "./blend/recipes.js";
import { fromText } from "./blend/share.js";
import { Stage } from "./blend/stage.js";
import { UseBlend } from "./blend/use-blend.js";
import { needsStart } from "./needs-start.js";

const view = storedStore("lora4j.blend-view", { live: true, mode: "one", a: undefined });

function BlendPage({ start, query }) {
  const { now: blend, past, future } = useEdits();
  const shownView = useStore(view);
  const [over, setOver] = useState(false);
  const cards = useStore(library).value?.adapters ?? [];
  const chosen = start.bases.find((one) => one.name === blend.base) ?? start.bases[0];
  const base = defaultsOf(chosen, blend, cards);
  const preview = useLivePreview(blend, base, shownView.live);
  useUndoKeys();
  useEffect(() => {
    const shared = query.b && fromText(query.b);
    if (query.b) {
      setQuery({ b: undefined });
      shared ? load({ blend: shared }) : toastError(new Error("The address holds no blend that can be read."));
    }
  }, [query.b]);
  const onPicture = async (file) => {
    try {
      load(await blendOfPicture(file));
      toast(`The blend of ${file.name} is loaded`);
    } catch (problem) {
      toastError(problem);
    }
  };
  const drop = dropping(setOver, onPicture);
  const ratio = (blend.width ?? base?.width ?? 1) / (blend.height ?? base?.height ?? 1);
  return html`<${ShownPicture.Provider} value=${preview.shown?.picture}>
    <div class=${`blend-page ${over ? "over" : ""}`} ...${drop}>
      <${PageHead} title="Blend" lead="Move the weights and see what becomes of the picture.">
        <${Button} disabled=${past.length === 0} onClick=${undoEdit}>Undo<//>
        <${Button} disabled=${future.length === 0} onClick=${redoEdit}>Redo<//>
      <//>
      ${
        start.bases.length === 0 &&
        html`<${ErrorBox}
        title="There is no base to make pictures with">Start the studio with --base.<//>`
      }
      <div class="blend-columns">
        <${Stage} blend=${blend} base=${base} preview=${preview} view=${shownView}
          setView=${(changes) => view.update((old) => ({ ...old, ...changes }))} />
        <div class="blend-controls">
          <${PromptSettings} blend=${blend} base=${base} start=${start} />
          <${AdapterList} blend=${blend} base=${base} start=${start} ratio=${ratio} />
          <${Interference} blend=${blend} />
          <${UseBlend} blend=${blend} start=${start} />
          <${Recipes} blend=${blend} onLoad=${load} onPicture=${onPicture} />
        </div>
      </div>
    </div>
  <//>`;
}

export default needsStart(BlendPage);

function load({ blend, missing = [] }) {
  edit(() => completed(blend));
  if (missing.length > 0) {
    toastError(
      new Error(
        `The library lacks ${missing.join(", ")}. Put the files into the folder of adapters, or take the rows out.`,
      ),
    );
  }
}

/** Handlers that take a picture dropped anywhere on the page. */
function dropping(setOver, onPicture) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  return {
    onDragOver: (event) => {
      if (hasFiles(event)) {
        event.preventDefault();
        setOver(true);
      }
    },
    onDragLeave: (event) => event.currentTarget === event.target && setOver(false),
    onDrop: (event) => {
      setOver(false);
      // The drop zone has taken its own.
      if (hasFiles(event) && !event.defaultPrevented && event.dataTransfer.files.length > 0) {
        event.preventDefault();
        onPicture(event.dataTransfer.files[0]);
      }
    },
  };
}
