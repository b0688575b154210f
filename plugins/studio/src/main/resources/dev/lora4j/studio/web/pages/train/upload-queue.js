// Files on their way into a data set, one by one; a file that fails stays in the list with the reason.
//   const uploads = uploadQueue({send, caption, onChange});   uploads.add(set, files)   uploads.stop()   uploads.forget()
//   send(set, file, {signal}) -> Promise of the item          caption(set, item file, text) -> Promise
//   state: {files: [{id, name, state: "waiting" | "sending" | "done" | "failed", message}], done, failed, total}
import { stem } from "./captions.js";

const isText = (file) => /\.txt$/i.test(file.name);
const isHidden = (file) => file.name.startsWith(".") || file.name === "Thumbs.db";

export function uploadQueue({ send, caption, itemsOf, onChange }) {
  let entries = [];
  let controller;
  let running = false;
  let count = 0;

  function tell() {
    onChange({
      files: entries.map(({ id, file, state, message }) => ({ id, name: file.name, state, message })),
      done: entries.filter((entry) => entry.state === "done").length,
      failed: entries.filter((entry) => entry.state === "failed").length,
      total: entries.length,
    });
  }

  /** Pictures go first, so that the texts find theirs. */
  function add(set, files) {
    const wanted = files.filter((file) => !isHidden(file));
    const sorted = [...wanted.filter((file) => !isText(file)), ...wanted.filter(isText)];
    entries = [...entries, ...sorted.map((file) => ({ id: ++count, set, file, state: "waiting" }))];
    tell();
    run();
  }

  async function run() {
    if (running) {
      return;
    }
    running = true;
    controller = new AbortController();
    for (;;) {
      const entry =
        entries.find((one) => one.state === "waiting" && !isText(one.file)) ??
        entries.find((one) => one.state === "waiting");
      if (!entry || controller.signal.aborted) {
        break;
      }
      entry.state = "sending";
      tell();
      try {
        await (isText(entry.file) ? sendCaption(entry) : sendPicture(entry));
        entry.state = "done";
      } catch (error) {
        entry.state = "failed";
        entry.message = controller.signal.aborted ? "Stopped before it was sent." : error.message;
      }
      tell();
    }
    running = false;
    if (controller.signal.aborted && entries.some((entry) => entry.state === "waiting")) {
      run(); // they came after the stop
    }
  }

  async function sendPicture(entry) {
    const item = await send(entry.set, entry.file, { signal: controller.signal });
    entry.item = item?.file;
  }

  async function sendCaption(entry) {
    const wanted = stem(entry.file.name);
    const sent = entries.find((one) => one.item && one.set === entry.set && stem(one.file.name) === wanted)?.item;
    const known = sent ?? (await itemsOf(entry.set)).find((item) => stem(item.file) === wanted)?.file;
    if (!known) {
      throw new Error("There is no picture of this name for the caption.");
    }
    await caption(entry.set, known, (await entry.file.text()).trim());
  }

  return {
    add,
    stop() {
      entries = entries.filter((entry) => entry.state !== "waiting");
      controller?.abort();
      tell();
    },
    forget() {
      entries = entries.filter((entry) => entry.state === "waiting" || entry.state === "sending");
      tell();
    },
  };
}
