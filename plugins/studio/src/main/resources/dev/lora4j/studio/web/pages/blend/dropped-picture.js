// The blend of a picture that lora4j made.
import { post } from "../../api.js";
import { base64Of } from "../files.js";

const MOST = 48 * 2 ** 20;

/** {blend, missing: names of adapters that the library lacks} of a PNG file. */
export async function blendOfPicture(file) {
  if (file.size > MOST) {
    throw new Error(`${file.name} is larger than 48 MiB. Pictures that lora4j makes are smaller.`);
  }
  return post("studio/recipes/picture", { png: await base64Of(file) });
}
