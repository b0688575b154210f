package dev.lora4j.bench.text;

import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.util.List;

/** A LoRA training step of a LLaMA. */
@Extension(
    point = Benchmark.class,
    name = "text-step",
    help =
        "a LoRA training step (rank 16 on q, k, v, o) of a LLaMA of 135 M weights from chance on 2"
            + " sequences of 256 tokens; beside transformers and PEFT")
public final class TextTrainingStep implements Benchmark {
  @Override
  public List<Case> cases() {
    return List.of(
        new TextStepCase("f32", ModelOfChance.SMOLLM2, DType.F32, 1e-5),
        new TextStepCase("bf16", ModelOfChance.SMOLLM2, DType.BF16, 2e-2));
  }
}
