package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.pipeline.LanguageModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Steps of learning from preferences and from rewards. */
@Extension(
    point = Benchmark.class,
    name = "text-align",
    help =
        "a step of DPO on 2 pairs of 256 tokens, and one of GRPO with 8 completions of 64 tokens,"
            + " with a LoRA (rank 16 on q, k, v, o) of a LLaMA of 135 M weights from chance; beside"
            + " TRL")
public final class AlignmentStep implements Benchmark {
  private static final double TOLERANCE = 1e-5;

  @Override
  public List<Case> cases() {
    return List.of(new Pairs(), new Rollouts());
  }

  private static LanguageModel open(Bench bench, Path folder) {
    return LanguageModel.open(bench.engine().scope("text align"), folder, DType.F32);
  }

  /** Case of pairs. */
  private record Pairs() implements Case {
    @Override
    public String name() {
      return "dpo";
    }

    @Override
    public List<Result> measure(Bench bench) {
      Path folder = ModelOfChance.SMOLLM2.write(bench.folder());
      int pairs = OurPreferenceStep.PAIRS;
      String rows =
          ModelOfChance.written(
              IntStream.range(0, 2 * pairs)
                  .mapToObj(row -> OurPreferenceStep.ids(row % pairs, row)));
      try (Race race = bench.race(OurPreferenceStep.of(open(bench, folder)))) {
        return race.against(
                bench.python(
                    AlignmentStep.class,
                    "preference_step.py",
                    "--inputs",
                    folder.toString(),
                    "--rows",
                    rows,
                    "--prompt",
                    Integer.toString(OurPreferenceStep.PROMPT)),
                Target.atMost(0.9))
            .run(DType.F32, TOLERANCE, Optional.empty());
      }
    }
  }

  /** Case of completions and rewards. */
  private record Rollouts() implements Case {
    @Override
    public String name() {
      return "grpo";
    }

    @Override
    public List<Result> measure(Bench bench) {
      Path folder = ModelOfChance.SMOLLM2.write(bench.folder());
      try (Race race = bench.race(new OurRolloutStep(open(bench, folder)))) {
        return race.against(
                bench.python(
                    AlignmentStep.class,
                    "rollout_step.py",
                    "--inputs",
                    folder.toString(),
                    "--text",
                    OurRolloutStep.TEXT,
                    "--group",
                    Integer.toString(OurRolloutStep.GROUP),
                    "--tokens",
                    Integer.toString(OurRolloutStep.TOKENS)),
                Target.atMost(0.6))
            .run(DType.F32, TOLERANCE, Optional.empty());
      }
    }
  }
}
