// The picture on the stage, for what is painted upon it.
import { createContext } from "../../parts/html.js";

export const ShownPicture = createContext(undefined);
