// Every picture of a set with its caption, which is saved when the field is left; search, replace, the trigger.
import { html, useState } from "../../parts/html.js";
import { post } from "../../api.js";
import { Button } from "../../parts/button.js";
import { ErrorBox } from "../../parts/error-box.js";
import { Loading } from "../../parts/loading.js";
import { SearchBox } from "../../parts/search-box.js";
import { Select } from "../../parts/select.js";
import { toast } from "../../parts/toast.js";
import { focusOn } from "../focus.js";
import { CaptionChanges } from "./caption-changes.js";
import { CaptionRow } from "./caption-row.js";
import { filtered } from "./captions.js";

const PAGE = 60;
const shows = [
  { value: "all", text: "all pictures" },
  { value: "problem", text: "with a problem" },
  { value: "uncaptioned", text: "without a caption" },
];

export function CaptionTable({ set, pictures, trigger }) {
  const [search, setSearch] = useState("");
  const [show, setShow] = useState("all");
  const [most, setMost] = useState(PAGE);
  const { items, problems, error, read } = pictures;
  if (!items) {
    return error
      ? html`<${ErrorBox} title="The pictures could not be read" error=${error} onRetry=${read} />`
      : html`<${Loading} text="the pictures" />`;
  }
  if (items.length === 0) {
    return html`<p class="muted">There is no picture in this set yet.</p>`;
  }
  const found = filtered(items, { search, show });
  const save = async (file, caption) => {
    await post("studio/pictures/caption", { set, file, caption });
    pictures.put(file, { caption });
  };
  const remove = async (file) => {
    await post("studio/pictures/remove", { set, file });
    toast(`${file} is now in the set's folder .removed`);
    read();
    focusOn("train-captions");
  };
  const counted =
    found.length === items.length ? `${items.length} pictures` : `${found.length} of ${items.length} pictures`;
  return html`<div class="row">
      <div class="grow"><${SearchBox} label="Search names and captions" value=${search} onInput=${setSearch} /></div>
      <${Select} label="Show" hideLabel options=${shows} value=${show} onInput=${setShow} />
    </div>
    <${CaptionChanges} items=${found} all=${found.length === items.length} save=${save} trigger=${trigger} />
    ${problems.map((problem) => html`<p key=${problem} class="error-text">${problem}</p>`)}
    <p class="muted" role="status">${counted}</p>
    <ul class="captions">
      ${found.slice(0, most).map(
        (item) => html`<${CaptionRow} key=${item.file} item=${item} save=${save}
        remove=${remove} />`,
      )}
    </ul>
    ${
      found.length > most &&
      html`<div class="row"><${Button}
      onClick=${() => setMost(most + PAGE)}>Show ${Math.min(PAGE, found.length - most)} more<//></div>`
    }`;
}
