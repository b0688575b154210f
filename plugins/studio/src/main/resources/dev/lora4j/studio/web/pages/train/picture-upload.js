// Puts pictures into a data set: dropped files and folders, or chosen ones; each is sent by itself.
import { html, useEffect, useMemo, useRef, useState } from "../../parts/html.js";
import { post } from "../../api.js";
import { Button } from "../../parts/button.js";
import { Icon } from "../../parts/icon.js";
import { Progress } from "../../parts/progress.js";
import { toastError } from "../../parts/toast.js";
import { plural } from "../../parts/words.js";
import { base64Of } from "../files.js";
import { filesOf } from "./dropped-files.js";
import { uploadQueue } from "./upload-queue.js";

/** What fits into one request once it is written as text. */
const MOST = 45 * 2 ** 20;

export function PictureUpload({ set, pictures }) {
  const [sent, setSent] = useState({ files: [], done: 0, failed: 0, total: 0 });
  const [over, setOver] = useState(false);
  const known = useRef();
  known.current = pictures.items ?? [];
  const files = useRef();
  const folder = useRef();
  const uploads = useMemo(
    () => uploadQueue({ send, caption, itemsOf: async () => known.current, onChange: setSent }),
    [set],
  );
  useEffect(() => () => uploads.stop(), [uploads]);
  const isOver = sent.done + sent.failed === sent.total;
  useEffect(() => {
    if (sent.total > 0 && isOver) {
      pictures.read();
    }
  }, [isOver, sent.total]);
  const add = (chosen) => uploads.add(set, chosen);
  const onChosen = (event) => {
    add([...event.currentTarget.files]);
    event.currentTarget.value = "";
  };
  const onDrop = async (event) => {
    event.preventDefault();
    setOver(false);
    await filesOf(event.dataTransfer).then(add, toastError);
  };
  const onDragOver = (event) => {
    event.preventDefault();
    setOver(true);
  };
  const failed = sent.files.filter((file) => file.state === "failed");
  return html`<div class=${`drop-area ${over ? "over" : ""}`} onDrop=${onDrop} onDragOver=${onDragOver}
    onDragLeave=${() => setOver(false)}>
    <p><${Icon} name="upload" /> Drop pictures or folders here, with their captions in .txt files if there are any, or</p>
    <div class="row">
      <${Button} onClick=${() => files.current.click()}>Choose files<//>
      <${Button} onClick=${() => folder.current.click()}>Choose a folder<//>
    </div>
    <input ref=${files} type="file" hidden multiple accept="image/png,image/jpeg,image/webp,image/gif,image/bmp,.txt"
      onChange=${onChosen} />
    <input ref=${folder} type="file" hidden multiple webkitdirectory onChange=${onChosen} />
    ${
      !isOver &&
      html`<${Progress} label="Sending pictures" done=${sent.done + sent.failed} total=${sent.total} unit="files"
        detail=${sent.files.find((file) => file.state === "sending")?.name} />
      <${Button} icon="stop" onClick=${() => uploads.stop()}>Stop<//>`
    }
    <p role="status">${sent.total > 0 && isOver ? `${plural(sent.done, "file")} sent${failed.length ? `, ${failed.length} not` : ""}.` : ""}</p>
    ${
      failed.length > 0 &&
      html`<ul class="failed-files">${failed.map(
        (file) => html`<li key=${file.id}
        class="error-text">${messageOf(file)}</li>`,
      )}</ul>
      <${Button} kind="quiet" onClick=${() => uploads.forget()}>Close the list<//>`
    }
  </div>`;
}

/** Most messages name the file themselves. */
function messageOf({ name, message }) {
  return message.includes(name) ? message : `${name}: ${message}`;
}

async function send(set, file, { signal }) {
  if (file.size > MOST) {
    throw new Error(`${file.name} is larger than 45 MiB. Make it smaller, or add its folder by its path.`);
  }
  return post("studio/pictures/upload", { set, name: file.name, data: await base64Of(file) }, { signal });
}

function caption(set, file, text) {
  return post("studio/pictures/caption", { set, file, caption: text });
}
