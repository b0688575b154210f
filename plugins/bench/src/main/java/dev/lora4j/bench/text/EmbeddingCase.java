package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Case of a LoRA training step of a MiniLM on pairs, beside sentence-transformers and PEFT. */
public record EmbeddingCase(String name) implements Case {
  private static final double TOLERANCE = 1e-5;

  @Override
  public List<Result> measure(Bench bench) {
    Path folder = ModelOfChance.MINILM.write(bench.folder());
    SentenceEncoder model =
        SentenceEncoder.open(
            bench.engine().scope("text embed"), folder, TextLoadOptions.in(DType.F32));
    try (Race race = bench.race(OurEmbeddingStep.of(model))) {
      return race.against(
              bench.python(
                  EmbeddingCase.class,
                  "embedding_step.py",
                  "--inputs",
                  folder.toString(),
                  "--rows",
                  ModelOfChance.MINILM.rows(2 * OurEmbeddingStep.PAIRS, OurEmbeddingStep.TOKENS)),
              Target.atMost(1))
          .run(DType.F32, TOLERANCE, Optional.empty());
    }
  }
}
