// A picture and its caption. Leaving the field saves it, Escape brings the saved one back.
//   item                  {file, width, height, caption, thumb, url, problem,
//                          otherwise: what is trained without a caption, captionFrom: a list that has it, which is not changed here}
//   save(file, caption)   remove(file); both return promises
import { html, useEffect, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Picture } from "../../parts/picture.js";
import { TextField } from "../../parts/text-field.js";

export function CaptionRow({ item, save, remove }) {
  const saved = item.caption ?? "";
  const [text, setText] = useState(saved);
  const [state, setState] = useState({});
  // A caption that changed elsewhere is shown, but not over what is being written.
  useEffect(() => {
    if (state.base === undefined || text === state.base) {
      setText(saved);
    }
  }, [saved]);
  const type = (next) => {
    setText(next);
    setState({ base: saved });
  };
  const leave = async () => {
    if (text === saved) {
      return setState({});
    }
    setState({ base: saved, saving: true });
    try {
      await save(item.file, text);
      setState({ done: true });
    } catch (error) {
      setState({ base: saved, error: error.message });
    }
    return undefined;
  };
  const onKeyDown = (event) => {
    if (event.key === "Escape") {
      setText(saved);
      setState({});
    }
  };
  return html`<li class="caption-row">
    <${Picture} src=${item.thumb ?? item.url} alt=${item.file} />
    <div class="caption-words">
      <p><strong>${item.file}</strong> <small class="muted">${item.width} × ${item.height}</small>
        ${state.saving && html` <small class="muted">saving…</small>`}
        ${state.done && html` <small class="muted" role="status">saved</small>`}</p>
      ${item.captionFrom && html`<p class="help">The caption stands in ${item.captionFrom}; change it there.</p>`}
      ${item.problem && html`<p class="error-text">${item.problem}</p>`}
      <${TextField} label=${`Caption of ${item.file}`} hideLabel rows=${2} value=${text} error=${state.error}
        placeholder=${item.otherwise ? `no caption: trained as ${item.otherwise}` : "no caption"}
        readonly=${Boolean(item.captionFrom)} onInput=${type} onBlur=${leave} onKeyDown=${onKeyDown} />
    </div>
    <${Button} kind="quiet" icon="trash" label=${`Take ${item.file} out of the set`}
      onClick=${() => remove(item.file)} />
  </li>`;
}
