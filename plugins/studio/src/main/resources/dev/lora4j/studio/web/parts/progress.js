// A bar of progress; every tenth is read out.
//   label        what is done
//   done, total  numbers; without a total the bar only shows that work goes on
//   unit         word before the numbers: "step", "picture"
//   detail       text at the end, such as the time left
import { html } from "./html.js";

export function Progress({ label, done, total, unit = "", detail }) {
  const text = total ? `${unit} ${done.toLocaleString("en")} of ${total.toLocaleString("en")}` : "";
  const tenth = total ? `${label}: ${Math.floor((done / total) * 10) * 10} %` : "";
  return html`<div class="progress">
    <progress aria-label=${label} value=${total ? done : undefined} max=${total || undefined} />
    <p><span>${text}</span><span>${detail}</span></p>
    <p class="hidden-text" role="status">${tenth}</p>
  </div>`;
}
