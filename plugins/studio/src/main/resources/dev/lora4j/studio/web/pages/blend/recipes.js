// Recipes: blends with a name. A picture that was made here brings its own.
import { html, useEffect, useState } from "../../parts/html.js";
import { get, post } from "../../api.js";
import { Button } from "../../parts/button.js";
import { Confirm } from "../../parts/confirm.js";
import { DropZone } from "../../parts/drop-zone.js";
import { ErrorBox } from "../../parts/error-box.js";
import { Picture } from "../../parts/picture.js";
import { TextField } from "../../parts/text-field.js";
import { toast } from "../../parts/toast.js";
import { ago } from "../../parts/words.js";
import { requestOf } from "./model.js";

export function Recipes({ blend, onLoad, onPicture }) {
  const [recipes, setRecipes] = useState();
  const [error, setError] = useState();
  const [asked, setAsked] = useState();
  const read = () =>
    get("studio/recipes").then((answer) => {
      setRecipes(answer.recipes);
      setError(undefined);
    }, setError);
  useEffect(() => {
    read();
  }, []);
  const remove = async (name) => {
    await post("studio/recipes/remove", { name });
    await read();
  };
  const item = (recipe) => html`<li key=${recipe.name} class="recipe">
    <${Picture} src=${recipe.preview} alt=${`Picture of ${recipe.name}`} />
    <div>
      <strong>${recipe.name}</strong>
      <small class="muted">${ago(recipe.modified)}</small>
      ${
        recipe.missing?.length > 0 &&
        html`<small
        class="error-text">Not in the library: ${recipe.missing.join(", ")}</small>`
      }
    </div>
    <${Button} onClick=${() => onLoad(recipe)}>Load<//>
    <${Button} kind="quiet" icon="trash" label=${`Remove the recipe ${recipe.name}`}
      onClick=${() => setAsked(recipe)} />
  </li>`;
  return html`<section class="panel stack" aria-labelledby="blend-recipes">
    <h2 id="blend-recipes">Recipes</h2>
    <${SaveRecipe} blend=${blend} names=${(recipes ?? []).map((recipe) => recipe.name)} onSaved=${read} />
    ${error && html`<${ErrorBox} title="The recipes could not be read" error=${error} onRetry=${read} />`}
    <ul class="recipes">${(recipes ?? []).map(item)}</ul>
    <${DropZone} label="Drop a picture" help="A PNG that lora4j made brings its blend with it." accept="image/png"
      multiple=${false}
      onFiles=${(files) => onPicture(files[0])} />
    ${
      asked &&
      html`<${Confirm} title=${`Remove the recipe ${asked.name}?`} verb="Remove" danger
        onConfirm=${() => remove(asked.name)}
      onClose=${() => setAsked(undefined)}><p>Its file is deleted. Adapters and pictures stay.</p><//>`
    }
  </section>`;
}

function SaveRecipe({ blend, names, onSaved }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState();
  const trimmed = name.trim();
  const exists = names.includes(trimmed);
  const save = async (event) => {
    event?.preventDefault();
    try {
      await post("studio/recipes", { name: trimmed, blend: requestOf(blend), ...(exists && { overwrite: true }) });
      setProblem(undefined);
      toast(`Recipe ${trimmed} saved`);
      await onSaved();
    } catch (error) {
      setProblem(error.message);
    }
  };
  return html`<form class="save-recipe" onSubmit=${save}>
    <${TextField} label="Name of the recipe" value=${name} error=${problem} onInput=${setName} autocomplete="off" />
    <${Button} kind="primary" type="submit"
      disabled=${!trimmed}>${exists ? "Replace the recipe" : "Save as a recipe"}<//>
  </form>`;
}
