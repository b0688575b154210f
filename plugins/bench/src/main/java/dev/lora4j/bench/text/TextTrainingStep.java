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
import java.util.Locale;
import java.util.Optional;

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
    return List.of(new Step("f32", DType.F32, 1e-5), new Step("bf16", DType.BF16, 2e-2));
  }

  /** Case of a dtype. */
  private record Step(String name, DType type, double tolerance) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      Path folder = ModelOfChance.write(bench.folder());
      LanguageModel model = LanguageModel.open(bench.engine().scope("text step"), folder, type);
      StringBuilder rows = new StringBuilder();
      for (int row = 0; row < OurTextStep.ROWS; row++) {
        rows.append(row == 0 ? "" : ";");
        int[] prompt = ModelOfChance.prompt(row, OurTextStep.TOKENS);
        for (int i = 0; i < OurTextStep.TOKENS; i++) {
          rows.append(i == 0 ? "" : ",").append(prompt[i]);
        }
      }
      try (Race race = bench.race(new OurTextStep(model))) {
        return race.against(
                bench.python(
                    TextTrainingStep.class,
                    "text_step.py",
                    "--inputs",
                    folder.toString(),
                    "--dtype",
                    type.name().toLowerCase(Locale.ROOT),
                    "--rows",
                    rows.toString()),
                Target.atMost(1))
            .run(type, tolerance, Optional.empty());
      }
    }
  }
}
