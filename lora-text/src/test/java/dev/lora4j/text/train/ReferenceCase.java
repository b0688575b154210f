package dev.lora4j.text.train;

import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.Targets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The rows of the table in {@code peft_steps.py}. */
enum ReferenceCase {
  LLAMA_LORA(1),
  LLAMA_DORA(1),
  /** Two batches for each change of the weights, with other numbers of tokens. */
  LLAMA_ACCUMULATED(2),
  T5_LORA(1),
  T5_ACCUMULATED(2);

  private static final int RANK = 2;
  private static final int ALPHA = 3;

  private final int accumulate;

  ReferenceCase(int accumulate) {
    this.accumulate = accumulate;
  }

  int accumulate() {
    return accumulate;
  }

  String model() {
    return name().startsWith("T5") ? "t5" : "llama";
  }

  AdapterRecipe recipe() {
    return AdapterRecipe.DEFAULT
        .method(
            this == LLAMA_DORA
                ? TrainableMethods.named("dora", Map.of("convention", "peft"))
                : TrainableMethods.named("lora", Map.of()))
        .targets(
            model().equals("t5")
                ? Targets.matching("*Attention.q", "*Attention.v")
                : Targets.matching("*self_attn.*_proj"))
        .rank(RANK, ALPHA);
  }

  static Set<String> names() {
    return Arrays.stream(values()).map(ReferenceCase::toString).collect(Collectors.toSet());
  }

  /** Its name among the goldens. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
