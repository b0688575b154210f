// A blend in an address: #/blend?b=TEXT.
import { completed, requestOf } from "./model.js";

export function toText(blend) {
  const bytes = new TextEncoder().encode(JSON.stringify(requestOf(blend)));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The blend of a text; undefined if it is none. */
export function fromText(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
    const blend = JSON.parse(new TextDecoder().decode(bytes));
    return blend && typeof blend === "object" && !Array.isArray(blend) ? completed(blend) : undefined;
  } catch {
    return undefined;
  }
}
