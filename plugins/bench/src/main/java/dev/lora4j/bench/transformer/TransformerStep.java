package dev.lora4j.bench.transformer;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Optional;

/** A whole training step of a transformer's factors, from small operators to large ones. */
@Extension(
    point = Benchmark.class,
    name = "transformer-step",
    help =
        "a LoRA training step of a transformer (8 blocks of width 320, rank 16 on q, k, "
            + "v, o) at so many sequences x tokens; beside DJL and PyTorch")
public final class TransformerStep implements Benchmark {
  /**
   * Six losses in F32. Each step changes them by several hundred times as much, so a missing or
   * wrong step shows.
   */
  static final double TOLERANCE = 2e-5;

  @Override
  public List<Case> cases() {
    return List.of(
        new Tokens(TransformerSize.ofTokens(4, 16)), new Tokens(TransformerSize.ofTokens(4, 256)));
  }

  /** Case of so many tokens. */
  private record Tokens(TransformerSize size) implements Case {
    @Override
    public String name() {
      return size.text();
    }

    @Override
    public List<Result> measure(Bench bench) {
      StepInputs inputs = StepInputs.of(size);
      String file = inputs.write(bench.folder().resolve("step.safetensors")).toString();
      try (Race race = bench.race(new StagedStep(bench.engine(), inputs))) {
        return race.against(bench.java(DjlStep.class, size.text()), Target.atMost(0.5))
            .against(
                bench.python(
                    TransformerStep.class,
                    "transformer_step.py",
                    "--inputs",
                    file,
                    "--heads",
                    Integer.toString(size.heads())),
                Target.NONE)
            .run(DType.F32, TOLERANCE, Optional.of(size.work()));
      }
    }
  }
}
