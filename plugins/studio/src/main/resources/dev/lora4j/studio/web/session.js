// Who may use the page: the token of the address is exchanged for a cookie and leaves the address.
import { post } from "./api.js";
import { store } from "./store.js";

const prefix = "#token=";

/** "asked" when the server wants a token, else "open". */
export const session = store("open");

/** Sends the token of the address, if there is one. */
export async function takeTokenOfAddress() {
  if (!location.hash.startsWith(prefix)) {
    return;
  }
  const token = location.hash.slice(prefix.length);
  history.replaceState(null, "", location.pathname + location.search);
  try {
    await sendToken(decodeURIComponent(token));
  } catch {
    session.set("asked");
  }
}

export async function sendToken(token) {
  await post("session", { token });
  session.set("open");
}
