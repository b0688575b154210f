// Asks for the token that the server printed at its start.
import { html, useState } from "../parts/html.js";
import { Button } from "../parts/button.js";
import { TextField } from "../parts/text-field.js";
import { sendToken } from "../session.js";

export function TokenForm() {
  const [token, setToken] = useState("");
  const [error, setError] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    try {
      await sendToken(tokenOf(token.trim()));
    } catch (problem) {
      setError(problem.message);
    }
  };
  return html`<main class="token" id="main">
    <form class="panel stack" onSubmit=${submit}>
      <h1>lora4j studio</h1>
      <p>
        The studio printed an address with a token when it started. Open that address, or paste it here.
      </p>
      <${TextField} label="Address or token" value=${token} onInput=${setToken} error=${error}
        autocomplete="off" spellcheck=${false} autofocus />
      <${Button} kind="primary" type="submit">Open the studio<//>
    </form>
  </main>`;
}

const tokenOf = (text) => text.replace(/^.*#token=/, "");
