package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Size of a decoding: a model, a type and numbers of tokens.
 *
 * @param model what goes on from prompts
 * @param type to compute in
 * @param rows prompts at once
 * @param prompt tokens of each
 * @param tokens added to each
 */
public record DecodingSetting(ModelOfChance model, DType type, int rows, int prompt, int tokens) {
  /** How far what is compared may differ, as a share: tokens not at all. */
  double tolerance() {
    return type == DType.BF16 ? 1e-2 : 0;
  }

  /** The folder of the model, written if need be. */
  Path folder(Bench bench) {
    return model.write(bench.folder());
  }

  /** What transformers takes for it. */
  Optional<Contender> transformers(Bench bench) {
    return transformers(bench, "-");
  }

  /**
   * What transformers with PEFT takes for it.
   *
   * @param adapters folder of an adapter for each row, {@code a0} and so on
   */
  Optional<Contender> transformers(Bench bench, String adapters) {
    return bench.python(
        DecodingSetting.class,
        "decoding.py",
        "--inputs",
        folder(bench).toString(),
        "--dtype",
        type.name().toLowerCase(Locale.ROOT),
        "--prompts",
        model.rows(rows, prompt),
        "--tokens",
        Integer.toString(tokens),
        "--adapters",
        adapters);
  }
}
