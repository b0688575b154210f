// Changes of many captions at once: replace a text, put the trigger first. They can be undone until the next one.
//   items                 what is shown now; all: whether that is the whole set
//   save(file, caption)   returns a promise
//   trigger               of the settings
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Disclosure } from "../../parts/disclosure.js";
import { TextField } from "../../parts/text-field.js";
import { plural } from "../../parts/words.js";
import { changes, replaced, withTrigger } from "./captions.js";

export function CaptionChanges({ items, all, save, trigger }) {
  const [search, setSearch] = useState("");
  const [replacement, setReplacement] = useState("");
  const [word, setWord] = useState();
  const [last, setLast] = useState();
  const [said, setSaid] = useState("");
  const put = word ?? trigger;
  const byReplacing = changes(items, (caption) => replaced(caption, search, replacement));
  const byTrigger = changes(items, (caption) => withTrigger(caption, put));
  const apply = async (changed, undoes) => {
    const before = changed.map(({ file }) => ({
      file,
      caption: items.find((item) => item.file === file)?.caption ?? "",
    }));
    let done = 0;
    try {
      for (const { file, caption } of changed) {
        await save(file, caption);
        done++;
      }
    } finally {
      setLast(undoes ? undefined : before.slice(0, done));
      setSaid(
        `${plural(done, "caption")} ${undoes ? "brought back" : "changed"}${done < changed.length ? `, ${changed.length - done} not` : ""}.`,
      );
    }
  };
  const where = all ? "" : " shown";
  return html`<${Disclosure} title="Change many captions">
    <div class="stack">
      <div class="fields">
        <${TextField} label="Search for" value=${search} onInput=${setSearch} />
        <${TextField} label="Replace by" value=${replacement} onInput=${setReplacement} />
        <${Button} disabled=${byReplacing.length === 0} onClick=${() => apply(byReplacing)}>
          Replace in ${plural(byReplacing.length, "caption")}${where}<//>
      </div>
      <div class="fields">
        <${TextField} label="Put first" value=${put} onInput=${setWord}
          help="The training puts the trigger of the settings first anyway; this writes it into the files." />
        <${Button} disabled=${byTrigger.length === 0} onClick=${() => apply(byTrigger)}>
          Put it into ${plural(byTrigger.length, "caption")}${where}<//>
      </div>
      <div class="row">
        <span role="status">${said}</span>
        ${last?.length > 0 && html`<${Button} onClick=${() => apply(last, true)}>Undo<//>`}
      </div>
    </div>
  <//>`;
}
