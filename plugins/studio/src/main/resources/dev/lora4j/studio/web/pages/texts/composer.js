// The box for the next prompt. Enter sends in a chat, Shift-Enter makes a new line; Ctrl-Enter sends always.
//   chat, isBusy, onSend(text), onStop()
//   children   more buttons
import { html, useRef, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { TextField } from "../../parts/text-field.js";

export function Composer({ chat, isBusy, onSend, onStop, children }) {
  const [text, setText] = useState("");
  const form = useRef();
  const submit = (event) => {
    event.preventDefault();
    if (text.trim() && !isBusy) {
      onSend(text);
      if (chat) {
        setText("");
      }
    }
  };
  const onKeyDown = (event) => {
    const isSent =
      event.key === "Enter" && !event.isComposing && (event.ctrlKey || event.metaKey || (chat && !event.shiftKey));
    if (isSent) {
      event.preventDefault();
      form.current.requestSubmit();
    }
  };
  return html`<form class="composer panel" ref=${form} onSubmit=${submit}>
    <${TextField} label=${chat ? "Message" : "Text"} rows=${chat ? 2 : 4} value=${text} onInput=${setText}
      onKeyDown=${onKeyDown}
      help=${chat ? "Enter sends, Shift-Enter makes a new line." : "Ctrl-Enter goes on from here."} />
    <div class="row">
      ${
        isBusy
          ? html`<${Button} kind="primary" icon="stop" onClick=${onStop}>Stop<//>`
          : html`<${Button} kind="primary" icon="play" type="submit" disabled=${!text.trim()}>
          ${chat ? "Send" : "Go on"}<//>`
      }
      ${children}
    </div>
  </form>`;
}
