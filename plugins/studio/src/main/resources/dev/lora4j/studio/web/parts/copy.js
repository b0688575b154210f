// Copies text; says so in a toast.
import { toast, toastError } from "./toast.js";

export async function copy(text, name = "Text") {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${name} copied`);
  } catch {
    toastError(new Error("The browser does not let this page copy. Select the text and copy it by hand."));
  }
}
