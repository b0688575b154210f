// A mixer as text, as --mixer takes it: NAME:KEY=VALUE,KEY=VALUE.

/** {name, settings: {key: text}} of a text; no text is no mixer. */
export function parseMixer(text) {
  const [name, rest] = splitOnce(text ?? "", ":");
  const settings = {};
  for (const part of rest ? rest.split(/,(?=[\w-]+=)/) : []) {
    const [key, value] = splitOnce(part, "=");
    settings[key] = value;
  }
  return { name, settings };
}

/** Settings that are empty or as the mixer has them anyway are left out. */
export function formatMixer({ name, settings }, defaults = {}) {
  const said = Object.entries(settings).filter(
    ([key, value]) => value !== undefined && value !== "" && value !== defaults[key],
  );
  return said.length ? `${name}:${said.map(([key, value]) => `${key}=${value}`).join(",")}` : name;
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
