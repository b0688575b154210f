package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Detail;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.TextModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
        new Alone("f32", new DecodingSetting(DType.F32, 1, 16, 32)),
        new Alone("bf16", new DecodingSetting(DType.BF16, 1, 16, 32)),
        new Alone("prefill-f32", new DecodingSetting(DType.F32, 1, 512, 1)),
        new Adapted("adapters8-f32", new DecodingSetting(DType.F32, 8, 16, 16)),
        new AgainstBareModel("adapters8-base", new DecodingSetting(DType.F32, 8, 16, 16)),
        new AgainstBareModel("adapters8-base-bf16", new DecodingSetting(DType.BF16, 8, 16, 16)),
        new Switching("switching", new DecodingSetting(DType.F32, 8, 16, 1)));
  }

  private static Optional<Contender> peer(
      Bench bench, Path model, DecodingSetting setting, String adapters) {
    return bench.python(
        TextDecoding.class,
        "decoding.py",
        "--inputs",
        model.toString(),
        "--dtype",
        setting.type().name().toLowerCase(Locale.ROOT),
        "--prompts",
        prompts(setting),
        "--tokens",
        Integer.toString(setting.tokens()),
        "--adapters",
        adapters);
  }

  private static String prompts(DecodingSetting setting) {
    StringBuilder all = new StringBuilder();
    for (int row = 0; row < setting.rows(); row++) {
      all.append(row == 0 ? "" : ";");
      int[] prompt = ModelOfChance.prompt(row, setting.prompt());
      for (int i = 0; i < prompt.length; i++) {
        all.append(i == 0 ? "" : ",").append(prompt[i]);
      }
    }
    return all.toString();
  }

  /** Case without adapters. */
  private record Alone(String name, DecodingSetting setting) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      Path model = ModelOfChance.write(bench.folder());
      try (Race race = bench.race(new OurDecoding(bench.engine(), model, setting, false))) {
        return race.against(peer(bench, model, setting, "-"), Target.atMost(0.7))
            .run(setting.type(), 0, Optional.empty());
      }
    }
  }

  /** Rows with an adapter each against the same rows without; both are ours, in turns. */
  private record AgainstBareModel(String name, DecodingSetting setting) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      Path model = ModelOfChance.write(bench.folder());
      try (Race race = bench.race(new OurDecoding(bench.engine(), model, setting, true))) {
        // Adapters change the text.
        return race.against(
                new OurDecoding(bench.engine(), model, setting, false), Target.atMost(1.1))
            .run(setting.type(), Double.POSITIVE_INFINITY, Optional.empty());
      }
    }
  }

  /** Case of switching from one mix of adapters to another, against a millisecond. */
  private record Switching(String name, DecodingSetting setting) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      Path model = ModelOfChance.write(bench.folder());
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

  /** Case of rows that each have an adapter of their own. */
  private record Adapted(String name, DecodingSetting setting) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      Path model = ModelOfChance.write(bench.folder());
      Path folder = bench.folder().resolve("adapters");
      write(bench, model, folder);
      try (Race race = bench.race(new OurDecoding(bench.engine(), model, setting, true))) {
        return race.against(peer(bench, model, setting, folder.toString()), Target.atMost(0.4))
            .run(setting.type(), 0, Optional.empty());
      }
    }

    private void write(Bench bench, Path model, Path folder) {
      try (Scope scope = bench.engine().scope("adapters")) {
        Files.createDirectories(folder);
        TextModel base = TextModel.load(scope, model, DType.F32);
        for (int row = 0; row < setting.rows(); row++) {
          Adapter adapter = ModelOfChance.adapter(base.sites().all(), row);
          AdapterOutput.write(
              adapter,
              base.family(),
              AdapterWriters.named("peft"),
              WriteOptions.EXACT,
              folder.resolve("a" + row));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
