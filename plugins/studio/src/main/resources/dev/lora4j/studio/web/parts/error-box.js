// Says what went wrong, in the words of the server.
//   title      what could not be done
//   error      an Error; or children
//   onRetry()  shows a button that tries again
import { html } from "./html.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";

export function ErrorBox({ title, error, onRetry, children }) {
  return html`<div class="error-box" role="alert">
    <${Icon} name="warning" />
    <div>
      ${title && html`<p><strong>${title}</strong></p>`}
      <p>${error ? error.message : children}</p>
      ${onRetry && html`<${Button} icon="again" onClick=${onRetry}>Try again<//>`}
    </div>
  </div>`;
}
