// Which adapters can be blended, and putting them there from the library.
import { toast } from "../../parts/toast.js";
import { href } from "../../router.js";
import { putIntoBlend } from "../../state.js";
import { titleOf } from "./query.js";

export const canBlend = (card) => card.kind === "picture" && !card.problem;

export function addToBlend(card) {
  putIntoBlend(card);
  toast(`${titleOf(card)} is in the blend`, { link: { href: href("blend"), text: "Show the blend" } });
}
