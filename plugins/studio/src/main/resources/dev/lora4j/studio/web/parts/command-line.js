// A command line with a button that copies it.
//   command   the text; or
//   action, request   name and request of an action: the server says its command line whenever the request changes
//   label     "Command line" if nothing is said
//   onError(error or undefined)   hears why the request has no command line (error.field names the field)
//   onAnswer(answer)              hears all that the server says of the request, {} if it refuses it
import { html, useEffect, useState } from "./html.js";
import { Button } from "./button.js";
import { copy } from "./copy.js";
import { commandOf } from "../actions.js";

const pause = 250;

export function CommandLine({ command, action, request, label = "Command line", onError, onAnswer }) {
  const asked = useCommand(action, request, onError, onAnswer);
  const text = command ?? asked.command;
  return html`<figure class="command">
    <figcaption>${label}</figcaption>
    <code tabindex="0">${text ? html`<span aria-hidden="true">$ </span>${text}` : asked.problem}</code>
    <${Button} kind="quiet" icon="copy" label="Copy the command line" disabled=${!text}
      onClick=${() => copy(text, "Command line")} />
  </figure>`;
}

function useCommand(action, request, onError, onAnswer) {
  const [answer, setAnswer] = useState({ problem: "…" });
  const wanted = action && request ? JSON.stringify(request) : undefined;
  useEffect(() => {
    if (!wanted) {
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const said = await commandOf(action, JSON.parse(wanted), abort);
        setAnswer({ command: said.command });
        onError?.(undefined);
        onAnswer?.(said);
      } catch (error) {
        if (error.name !== "AbortError") {
          setAnswer({ problem: onError ? "It appears when the fields are right." : error.message });
          onError?.(error);
          onAnswer?.({});
        }
      }
    }, pause);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [action, wanted]);
  return wanted ? answer : { problem: "It appears when the fields are filled in." };
}
