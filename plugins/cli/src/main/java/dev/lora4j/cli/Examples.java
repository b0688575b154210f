package dev.lora4j.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Command lines that help shows, by the command. */
final class Examples {
  private static final Map<String, List<String>> ALL =
      Map.ofEntries(
          Map.entry("quickstart", List.of("quickstart -o out --prompt lighthouse --prompt teapot")),
          Map.entry("plan", List.of("plan --images pictures -o ink.safetensors")),
          Map.entry(
              "train",
              List.of(
                  "train --images pictures -o ink.safetensors --rank 16 --steps 300",
                  "train run.toml --set optimizer.lr=1e-4 --resume")),
          Map.entry(
              "evaluate", List.of("evaluate --lora ink.safetensors:0.8 --style ink -o evaluation")),
          Map.entry(
              "generate",
              List.of(
                  "generate \"a fox\" --lora ink.safetensors:0.7 --seed 7 -o fox.png",
                  "generate \"a fox <lora:ink:0.7>\" --lora-dir adapters --sampler dpmpp-2m --size"
                      + " 64x64",
                  "generate --from fox.png")),
          Map.entry(
              "grid",
              List.of("grid \"a fox\" --lora ink.safetensors --x lora:ink=0,0.5,1 --y seed=1-4")),
          Map.entry("inspect", List.of("inspect ink.safetensors --base model", "inspect model")),
          Map.entry(
              "merge",
              List.of(
                  "merge ink.safetensors:0.7 glow.safetensors:0.3 --mixer svd --rank 16 -o"
                      + " both.safetensors")),
          Map.entry(
              "distill",
              List.of(
                  "distill ink.safetensors glow.safetensors --trigger glow=glossy -o both.safetensors")),
          Map.entry(
              "align",
              List.of(
                  "align pairs -o liked.safetensors",
                  "align --judge concept --from ink.safetensors -o better.safetensors")),
          Map.entry("resize", List.of("resize ink.safetensors small.safetensors --sv-fro 0.95")),
          Map.entry(
              "extract",
              List.of("extract --base model --tuned finetune --rank 32 -o style.safetensors")),
          Map.entry("bake", List.of("bake --base model ink.safetensors:0.8 -o inked")),
          Map.entry("compare", List.of("compare ink.safetensors glow.safetensors")),
          Map.entry("mix", List.of("mix ink.safetensors glow.safetensors:0.7 -o mix.png")),
          Map.entry(
              "convert",
              List.of(
                  "convert ink.safetensors ink-diffusers.safetensors --layout diffusers --dtype"
                      + " bf16")),
          Map.entry(
              "pull",
              List.of(
                  "pull hf:OWNER/REPO",
                  "pull civitai:82098 --to adapters",
                  "pull https://huggingface.co/OWNER/REPO/blob/main/ink.safetensors")),
          Map.entry("store", List.of("store add adapters.store ink.safetensors glow.safetensors")),
          Map.entry("store add", List.of("store add adapters.store ink.safetensors --name ink-2")),
          Map.entry("store get", List.of("store get adapters.store ink -o ink.safetensors")),
          Map.entry("store list", List.of("store list adapters.store")),
          Map.entry("store stats", List.of("store stats adapters.store")),
          Map.entry("store verify", List.of("store verify adapters.store")),
          Map.entry("store remove", List.of("store remove adapters.store ink")),
          Map.entry("store collect", List.of("store collect adapters.store")),
          Map.entry("plugins", List.of("plugins list")),
          Map.entry("plugins show", List.of("plugins show ties")),
          Map.entry("plugins verify", List.of("plugins verify tracker.jar")),
          Map.entry("plugins admit", List.of("plugins admit ~/.lora4j/plugins/tracker.jar")),
          Map.entry("doctor", List.of("doctor")),
          Map.entry("bench", List.of("bench all --peer venv/bin/python")),
          Map.entry("text", List.of("text quickstart", "text train --data texts -o mine")),
          Map.entry("text quickstart", List.of("text quickstart --steps 100")),
          Map.entry(
              "text generate",
              List.of("text generate \"The whale\" --lora mine:1.2 --temperature 0.8")),
          Map.entry("text classify", List.of("text classify \"A fine film\" --lora reviews")),
          Map.entry("text score", List.of("text score --data answers.jsonl --lora judge")),
          Map.entry("text train", List.of("text train --data texts -o mine --rank 8 --lr 1e-3")),
          Map.entry(
              "text align",
              List.of(
                  "text align dpo --data pairs.jsonl -o better",
                  "text align dpo --data pairs.jsonl --from mine --loss ipo -o better",
                  "text align grpo --data prompts.jsonl --reward exact -o solver",
                  "text align ppo --data prompts.jsonl --reward model:path=judge -o better",
                  "text align reward --data pairs.jsonl -o judge")),
          Map.entry(
              "text distill",
              List.of(
                  "text distill ahab pip --texts ahab=ahab.txt --texts pip=pip.txt -o both",
                  "text distill ahab pip --prompts prompts.txt --trigger ahab=Ahab: -o both")),
          Map.entry("text evaluate", List.of("text evaluate --data held-out --lora mine")),
          Map.entry("text merge", List.of("text merge --base model --lora mine -o merged")),
          Map.entry("text new", List.of("text new --data texts -o small")));

  private Examples() {}

  /** All commands that have some. */
  static Set<String> names() {
    return new TreeSet<>(ALL.keySet());
  }

  /**
   * Examples of one command.
   *
   * @param name with the program's, for example {@code lora4j text train}
   */
  static List<String> of(String name) {
    int space = name.indexOf(' ');
    return space < 0
        ? List.of()
        : ALL.getOrDefault(name.substring(space + 1), List.of()).stream()
            .map(line -> name.substring(0, space + 1) + line)
            .toList();
  }
}
