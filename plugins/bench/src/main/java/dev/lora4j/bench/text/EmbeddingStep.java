package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A LoRA training step of a sentence encoder. */
@Extension(
    point = Benchmark.class,
    name = "text-embed",
    help =
        "a LoRA training step (rank 16 on q, k, v, o) of an encoder of MiniLM's sizes from chance on 32"
            + " pairs of texts of 64 tokens, each against all others; beside sentence-transformers and"
            + " PEFT")
public final class EmbeddingStep implements Benchmark {
  private static final double TOLERANCE = 1e-5;

  @Override
  public List<Case> cases() {
    return List.of(new Pairs());
  }

  /** Case of pairs. */
  private record Pairs() implements Case {
    @Override
    public String name() {
      return "f32";
    }

    @Override
    public List<Result> measure(Bench bench) {
      Path folder = EncoderOfChance.write(bench.folder());
      String rows =
          IntStream.range(0, 2 * OurEmbeddingStep.PAIRS)
              .mapToObj(row -> EncoderOfChance.text(row, OurEmbeddingStep.TOKENS))
              .map(ids -> Arrays.stream(ids).mapToObj(Integer::toString))
              .map(ids -> ids.collect(Collectors.joining(",")))
              .collect(Collectors.joining(";"));
      SentenceEncoder model =
          SentenceEncoder.open(
              bench.engine().scope("text embed"), folder, BasePrecision.in(DType.F32));
      try (Race race = bench.race(new OurEmbeddingStep(model))) {
        return race.against(
                bench.python(
                    EmbeddingStep.class,
                    "embedding_step.py",
                    "--inputs",
                    folder.toString(),
                    "--rows",
                    rows),
                Target.atMost(1))
            .run(DType.F32, TOLERANCE, Optional.empty());
      }
    }
  }
}
