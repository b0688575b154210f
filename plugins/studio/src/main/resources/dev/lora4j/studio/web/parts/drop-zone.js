// A place to drop files; pressing it opens the file dialog.
//   label      what to drop
//   help       a sentence
//   accept     as of <input type="file">
//   multiple
//   onFiles(array of File)
import { html, useRef, useState } from "./html.js";
import { Icon } from "./icon.js";

export function DropZone({ label, help, accept, multiple = true, onFiles }) {
  const input = useRef();
  const [over, setOver] = useState(false);
  const give = (files) => files.length && onFiles([...files].slice(0, multiple ? undefined : 1));
  const onDrop = (event) => {
    event.preventDefault();
    setOver(false);
    give(event.dataTransfer.files);
  };
  const onDragOver = (event) => {
    event.preventDefault();
    setOver(true);
  };
  const onChange = (event) => {
    give(event.currentTarget.files);
    event.currentTarget.value = "";
  };
  return html`<div class=${`drop-zone ${over ? "over" : ""}`} onDrop=${onDrop} onDragOver=${onDragOver}
    onDragLeave=${() => setOver(false)}>
    <button type="button" onClick=${() => input.current.click()}>
      <${Icon} name="upload" /><strong>${label}</strong>${help && html`<span>${help}</span>`}
    </button>
    <input ref=${input} type="file" hidden accept=${accept} multiple=${multiple} onChange=${onChange} />
  </div>`;
}
