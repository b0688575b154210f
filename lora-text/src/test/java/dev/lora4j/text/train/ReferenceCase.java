package dev.lora4j.text.train;

import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
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
  T5_ACCUMULATED(2),
  /** Gated feed-forward layers and a head of its own, which are trained too. */
  FLAN_T5_LORA(1),
  /** Each layer adds what it has for distances itself. */
  UMT5_LORA(1),
  /** Scores and logits are bounded. */
  GEMMA2_LORA(1),
  /** Two kinds of positions, and norms of queries and keys. */
  GEMMA3_LORA(1),
  /** Layers without positions. */
  SMOLLM3_LORA(1),
  /** Scaled values. */
  GRANITE_LORA(1),
  /** Norms behind layers, and over all heads together. */
  OLMO3_LORA(1),
  STARCODER2_LORA(1),
  /** Heads of a fused layer side by side, and what attention reads is what is fed forward. */
  GPT_NEOX_LORA(1),
  OPT_LORA(1),
  /** Fused layers, and heads that are turned in part. */
  PHI4_MINI_LORA(1);

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
    String name = toString();
    return name.substring(0, name.lastIndexOf('-'));
  }

  AdapterRecipe recipe() {
    return AdapterRecipe.DEFAULT
        .method(
            this == LLAMA_DORA
                ? TrainableMethods.named("dora", Map.of("convention", "peft"))
                : TrainableMethods.named("lora", Map.of()))
        .targets(TargetLayers.matching(targets()))
        .rank(RANK, ALPHA);
  }

  private String[] targets() {
    return switch (model()) {
      case "llama" -> new String[] {"*self_attn.*_proj"};
      case "starcoder2" -> new String[] {"*self_attn.*_proj", "*mlp.c_*"};
      case "gpt-neox" -> new String[] {"*attention.*", "*mlp.dense_*"};
      case "opt" -> new String[] {"*self_attn.*_proj", "*.fc1", "*.fc2"};
      case "phi4-mini" ->
          new String[] {"*qkv_proj", "*o_proj", "*mlp.gate_up_proj", "*mlp.down_proj"};
      case "gemma2", "gemma3", "smollm3", "granite", "olmo3" ->
          new String[] {"*self_attn.*_proj", "*mlp.gate_proj", "*mlp.down_proj"};
      case "flan-t5" -> new String[] {"*Attention.q", "*Attention.v", "*.wi_*", "lm_head"};
      default -> new String[] {"*Attention.q", "*Attention.v"};
    };
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
