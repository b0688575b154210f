package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Detail;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Greedy text of a LLaMA. */
@Extension(
    point = Benchmark.class,
    name = "text-decoding",
    help =
        "greedy tokens of a LLaMA of 135 M weights from chance: after short and long prompts, and"
            + " 8 rows with 8 adapters (rank 16 on q, v); beside transformers and PEFT, and beside"
            + " the base alone; and what it takes to switch adapters")
public final class TextDecoding implements Benchmark {
  private static final int WARM_UP = 2_000;
  private static final int SWITCHES = 200;

  @Override
  public List<Case> cases() {
    return List.of(
        new DecodingCase("f32", setting(DType.F32, 1, 16, 32)),
        new DecodingCase("bf16", setting(DType.BF16, 1, 16, 32)),
        new DecodingCase("prefill-f32", setting(DType.F32, 1, 512, 1)),
        new AdaptedDecodingCase("adapters8-f32", setting(DType.F32, 8, 16, 16)),
        new BareDecodingCase("adapters8-base", setting(DType.F32, 8, 16, 16)),
        new BareDecodingCase("adapters8-base-bf16", setting(DType.BF16, 8, 16, 16)),
        new Switching("switching", setting(DType.F32, 8, 16, 1)));
  }

  private static DecodingSetting setting(DType type, int rows, int prompt, int tokens) {
    return new DecodingSetting(ModelOfChance.SMOLLM2, type, rows, prompt, tokens);
  }

  /** Case of switching from one mix of adapters to another, against a millisecond. */
  private record Switching(String name, DecodingSetting setting) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      Path model = setting.folder(bench);
      try (OurSwitching ours = new OurSwitching(bench.engine(), model, setting)) {
        ours.run(WARM_UP);
        double[] mine = new double[bench.rounds()];
        double[] anew = new double[bench.rounds()];
        double[] ratios = new double[bench.rounds()];
        for (int round = 0; round < mine.length; round++) {
          bench.lookAround();
          mine[round] = Spread.median(ours.run(SWITCHES));
          anew[round] = ours.anew();
          ratios[round] = mine[round] / 1e-3;
        }
        String text =
            String.format(
                Locale.ROOT,
                "stacking the factors of %d adapters anew takes %.1f ms",
                setting.rows(),
                1e3 * Spread.median(anew));
        return List.of(
            new Result(
                bench.name(),
                Spread.median(mine) * 1e3,
                1,
                "a millisecond",
                Spread.of(ratios),
                "ms",
                setting.type(),
                Target.atMost(1),
                List.of(new Detail("stacking", Spread.median(anew), text))));
      }
    }
  }
}
