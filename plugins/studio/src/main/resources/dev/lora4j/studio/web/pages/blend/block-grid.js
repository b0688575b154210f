// How much of an adapter counts in each block of the base: a slider for each block, and one for each group.
//   name             of the adapter
//   base             its blocks
//   text             as --blocks takes it
//   onChange(text)
import { html } from "../../parts/html.js";
import { Chip } from "../../parts/chip.js";
import { TextField } from "../../parts/text-field.js";
import { blocksOf, formatBlocks, groups, isList, parseBlocks, presetsOf } from "./block-shares.js";

const TEXT_HELP = "Such as BASE:0,IN:0.5,OUT03-05:0. BASE is the text encoders.";
const LIST_HELP =
  "A list of numbers, one for each block, as LoRA Block Weight has them. Name the blocks to set them here.";

export function BlockGrid({ name, base, text, onChange }) {
  const blocks = blocksOf(base);
  const { shares, problem } = read(text, blocks);
  const set = (changed, share) =>
    onChange(formatBlocks(new Map([...shares, ...changed.map((block) => [block, share])]), blocks));
  return html`<fieldset class="block-grid">
    <legend>Blocks</legend>
    <p class="row">${presetsOf(blocks).map(
      (preset) => html`<${Chip} key=${preset.name} label=${preset.help} pressed=${preset.text === text}
        onClick=${() => onChange(preset.text)}>${preset.name}<//>`,
    )}</p>
    ${
      shares &&
      groups(blocks).map(
        (group) => html`<${Group} key=${group.letters} name=${name} group=${group}
      shares=${shares} set=${set} />`,
      )
    }
    <${TextField} label="Blocks as text" value=${text} placeholder="all blocks fully" error=${problem}
      spellcheck=${false}
      help=${isList(text) ? LIST_HELP : TEXT_HELP} onInput=${onChange} />
  </fieldset>`;
}

function Group({ name, group, shares, set }) {
  const values = group.blocks.map((block) => shares.get(block));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return html`<div class="block-group">
    ${
      group.blocks.length > 1 &&
      html`<${Cell} label=${`all ${group.letters}`} name=${name} share=${Math.round(mean * 100) / 100} isWhole
      onInput=${(share) => set(group.blocks, share)} />`
    }
    ${group.blocks.map(
      (block) => html`<${Cell} key=${block}
        label=${group.blocks.length > 1 && block === group.letters ? `${block} edge` : block} name=${name}
        share=${shares.get(block)} onInput=${(share) => set([block], share)} />`,
    )}
  </div>`;
}

function Cell({ label, name, share, isWhole, onInput }) {
  const filled = Math.min(1, Math.max(0, share)) * 100;
  return html`<label class=${`block-cell ${isWhole ? "whole" : ""}`} style=${{ "--share": `${filled}%` }}>
    <span aria-hidden="true"><b>${label}</b> ${share}</span>
    <input type="range" min="0" max="1" step="0.05" value=${share} aria-label=${`${label} of ${name}`}
      aria-valuetext=${String(share)}
      onInput=${(event) => onInput(Number(event.currentTarget.value))} />
  </label>`;
}

function read(text, blocks) {
  if (isList(text)) {
    return {};
  }
  try {
    return { shares: parseBlocks(text, blocks) };
  } catch (error) {
    return { problem: error.message };
  }
}
