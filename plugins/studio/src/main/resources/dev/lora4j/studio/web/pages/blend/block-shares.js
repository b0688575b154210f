// How much of an adapter's weight counts in which block: the text, as --blocks takes it, and a share for each block.

const ENTRY = /^([A-Z]+\d{0,2})(?:-([A-Z]+\d{0,2}|\d{1,2}))?:\s*([-+.\deE]+)$/;
const LIST = /^[-+.\deE,\s]+$/;

/** Blocks of a base with that of its text encoders first. */
export function blocksOf(base) {
  const blocks = base?.blocks ?? [];
  const hasTexts = blocks.some((block) => ["BASE", "CLIP", "T5"].includes(block));
  return hasTexts ? blocks : ["BASE", ...blocks];
}

/** Whether the text is a list of numbers, as LoRA Block Weight has them: it counts as it is. */
export const isList = (text) => LIST.test(text);

/** A Map of each block's share; blocks that the text does not name count fully. An Error says what is wrong. */
export function parseBlocks(text, blocks) {
  const shares = new Map(blocks.map((block) => [block, 1]));
  if (!text.trim()) {
    return shares;
  }
  for (const entry of text.split(",")) {
    const parts = ENTRY.exec(entry.trim());
    if (!parts) {
      throw new Error(`'${entry.trim()}' is no BLOCK:SHARE, such as IN:0.5 or OUT03-05:0.`);
    }
    const named = parts[2] === undefined ? members(parts[1], blocks) : range(parts[1], parts[2], blocks);
    const share = Number(parts[3]);
    if (named.length === 0 || !Number.isFinite(share)) {
      throw new Error(`'${entry.trim()}': this base has the blocks ${blocks.join(", ")}.`);
    }
    named.forEach((block) => shares.set(block, share));
  }
  return shares;
}

/** The shortest text for these shares; empty if all count fully. */
export function formatBlocks(shares, blocks) {
  const entries = [];
  for (const group of groups(blocks)) {
    const values = group.blocks.map((block) => shares.get(block) ?? 1);
    const plainBlock = group.blocks.indexOf(group.letters);
    const rest = plainBlock >= 0 ? values[plainBlock] : 1;
    if (group.blocks.length > 1 && values.every((value) => value === values[0])) {
      add(entries, group.letters, values[0], 1);
      continue;
    }
    if (plainBlock >= 0) {
      // Its name alone means the whole group, so that the others follow with their own shares.
      add(entries, group.letters, rest, 1);
    }
    for (const run of runs(group.blocks, values)) {
      if (!run.blocks.includes(group.letters)) {
        add(entries, nameOf(run.blocks), run.value, rest);
      }
    }
  }
  return entries.join(",");
}

/** Blocks that begin with the same letters. */
export function groups(blocks) {
  const all = [];
  for (const block of blocks) {
    const letters = lettersOf(block);
    const last = all.find((group) => group.letters === letters);
    if (last) {
      last.blocks.push(block);
    } else {
      all.push({ letters, blocks: [block] });
    }
  }
  return all;
}

/** Named settings of all blocks that fit this base: [{name, help, text}]. */
export function presetsOf(blocks) {
  const has = (block) => blocks.includes(block);
  const present = (letters) => blocks.some((block) => lettersOf(block) === letters);
  const presets = [
    { name: "All", help: "the whole adapter", text: "" },
    { name: "Without text encoders", help: "BASE counts nothing", text: textsOff(blocks) },
  ];
  if (present("IN") && present("OUT")) {
    const xl = has("IN08") && !has("IN09");
    presets.push(
      {
        name: "Only content",
        help: "what is where: the way in (IN)",
        text: only(blocks, (b) => lettersOf(b) === "IN"),
      },
      { name: "Only middle", help: "the middle (M)", text: only(blocks, (b) => lettersOf(b) === "M") },
      {
        name: "Only style",
        help: "colours and lines: the way out (OUT)",
        text: only(blocks, (b) => lettersOf(b) === "OUT"),
      },
    );
    if (xl) {
      presets.push(
        {
          name: "B-LoRA content",
          help: "the first transformer of the way out (OUT00)",
          text: only(blocks, (b) => b === "OUT00"),
        },
        {
          name: "B-LoRA style",
          help: "the second transformer of the way out (OUT01)",
          text: only(blocks, (b) => b === "OUT01"),
        },
      );
    }
  }
  return presets.filter((preset) => preset.text !== undefined);
}

function only(blocks, counts) {
  const shares = new Map(blocks.map((block) => [block, counts(block) ? 1 : 0]));
  return [...shares.values()].some((share) => share > 0) ? formatBlocks(shares, blocks) : undefined;
}

function textsOff(blocks) {
  const texts = blocks.filter((block) => ["BASE", "CLIP", "T5"].includes(block));
  return formatBlocks(new Map(texts.map((block) => [block, 0])), blocks);
}

function add(entries, name, value, otherwise) {
  if (value !== otherwise) {
    entries.push(`${name}:${Math.round(value * 1e4) / 1e4}`);
  }
}

function runs(blocks, values) {
  const all = [];
  blocks.forEach((block, i) => {
    const last = all[all.length - 1];
    if (last && last.value === values[i]) {
      last.blocks.push(block);
    } else {
      all.push({ value: values[i], blocks: [block] });
    }
  });
  return all;
}

function nameOf(run) {
  const last = run[run.length - 1];
  return run.length === 1 ? run[0] : `${run[0]}-${last.replace(/^[A-Z]+(?=\d)/, "")}`;
}

function members(name, blocks) {
  return /\d/.test(name)
    ? blocks.filter((block) => lettersOf(block) === lettersOf(name) && numberOf(block) === numberOf(name))
    : blocks.filter((block) => lettersOf(block) === name);
}

function range(from, to, blocks) {
  const ends = [from, /^\d/.test(to) ? lettersOf(from) + to : to].map((end) => members(end, blocks));
  if (ends.some((end) => end.length !== 1)) {
    return [];
  }
  const [first, last] = ends.map((end) => blocks.indexOf(end[0])).sort((a, b) => a - b);
  return blocks.slice(first, last + 1);
}

/** T5 is a name of its own, the digits of the others count them. */
function lettersOf(block) {
  return block === "T5" ? block : block.replace(/\d+$/, "");
}

function numberOf(block) {
  const digits = block === "T5" ? null : /\d+$/.exec(block);
  return digits ? Number(digits[0]) : undefined;
}
