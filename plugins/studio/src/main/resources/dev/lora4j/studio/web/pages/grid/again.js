// The settings of the page for the request of an earlier grid.
import { callName, kinds } from "./axes.js";
import { FIRST } from "./settings.js";

export function settingsOf(request) {
  const { axes = {}, ...rest } = request;
  const adapters = request.adapters ?? [];
  const read = (text) => (text ? axisOf(text, adapters) : { kind: "", values: "" });
  return { ...emptied(), ...rest, adapters, axes: { x: read(axes.x), y: read(axes.y), z: read(axes.z) } };
}

/** Every setting is said, so that those of the page before do not stay. */
function emptied() {
  const names = ["base", "negative", "steps", "guidance", "sampler", "schedule", "width", "height", "mixer", "route"];
  return { ...FIRST, seed: undefined, ...Object.fromEntries(names.map((name) => [name, undefined])) };
}

function axisOf(text, adapters) {
  const at = text.indexOf("=");
  const [kind, name, block] = text.slice(0, at).split(":");
  const values = text.slice(at + 1);
  const adapter = adapters.find((row) => callName(row.name) === name)?.name;
  const isKnown = kinds.some((one) => one.value === kind);
  return {
    kind: isKnown ? kind : "",
    adapter,
    block,
    values: kind === "prompt" ? values.split(",").join("\n") : values,
  };
}
