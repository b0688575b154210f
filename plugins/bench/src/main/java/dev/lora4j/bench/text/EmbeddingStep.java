package dev.lora4j.bench.text;

import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.spi.Extension;
import java.util.List;

/** A LoRA training step of a sentence encoder. */
@Extension(
    point = Benchmark.class,
    name = "text-embed",
    help =
        "a LoRA training step (rank 16 on q, k, v, o) of an encoder of MiniLM's sizes from chance on 32"
            + " pairs of texts of 64 tokens, each against all others; beside sentence-transformers and"
            + " PEFT")
public final class EmbeddingStep implements Benchmark {
  @Override
  public List<Case> cases() {
    return List.of(new EmbeddingCase("f32"));
  }
}
