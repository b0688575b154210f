package dev.lora4j.bench.denoiser;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Detail;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.bench.denoiser.StepSetting.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Cost of adapters while a picture is made, and time to the first step. */
@Extension(
    point = Benchmark.class,
    name = "blending",
    help =
        "adapters of rank 16, merged and unmerged, against none; weights that change in each "
            + "step against those that do not, also at Stable Diffusion 1's size; putting one into a "
            + "base of Stable Diffusion 1's size against the floor of memory; from a file to "
            + "the first step that it changes, and from the start of a process to the first "
            + "step, beside diffusers")
public final class Blending implements Benchmark {
  private static final double TOLERANCE = 1e-3;

  /** BF16 rounds another way with an adapter fused by the peer. */
  private static final double BF16_TOLERANCE = 0.15;

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int adapters : List.of(1, 4)) {
      cases.add(new Cost("merged" + adapters, Route.MERGED, adapters));
      cases.add(new Cost("unmerged" + adapters, Route.UNMERGED, adapters));
      cases.add(new Scheduled("scheduled" + adapters, adapters, Optional.empty()));
    }
    cases.add(new Scheduled("scheduled4-sd15-f32", 4, Optional.of(DType.F32)));
    cases.add(new Scheduled("scheduled4-sd15-bf16", 4, Optional.of(DType.BF16)));
    cases.add(new Floor("patching-f32", DType.F32));
    cases.add(new Floor("patching-bf16", DType.BF16));
    cases.add(new FirstChangeCase("first-change-emoji-sd", false, DType.F32));
    cases.add(new FirstChangeCase("first-change-sd15-bf16", true, DType.BF16));
    cases.add(new Start());
    return cases;
  }

  private static StepSetting small() {
    return StepSetting.plain(EmojiSd.folder(), DType.F32, 1, DenoiserStep.EMOJI_SIDE);
  }

  private static StepSetting large(Bench bench, DType compute) {
    Path folder = RandomDenoiser.write(bench.folder().resolve("sd15"));
    return StepSetting.plain(folder, compute, 1, RandomDenoiser.SIDE);
  }

  /** A step of the bundled base with adapters against one without. */
  private record Cost(String name, Route route, int adapters) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      StepSetting plain = small();
      List<Path> files = StepAdapters.write(bench, plain.folder(), adapters);
      double share = route == Route.UNMERGED ? adapters * share(bench, plain) : 0;
      double allowed = route == Route.UNMERGED ? 1 + share + 0.05 : 1.02;
      List<Result> results = new ArrayList<>();
      try (Race race = bench.race(bench.java(OurStep.class, plain.with(route, files).text()))) {
        // The two compute different things, so nothing about their outputs has to agree.
        race.against(bench.java(OurStep.class, plain.text()), Target.atMost(allowed))
            .run(DType.F32, Double.POSITIVE_INFINITY, Optional.empty())
            .forEach(r -> results.add(with(r, share)));
      }
      return results;
    }

    private static double share(Bench bench, StepSetting plain) {
      try (Scope scope = bench.engine().scope("share")) {
        LoadedDenoiser base = LoadedDenoiser.of(scope, plain.folder(), plain.compute());
        DenoiserWork work =
            DenoiserWork.of(base, plain, StepAdapters.sites(base), StepAdapters.RANK);
        return work.adapters() / work.base();
      }
    }

    private static Result with(Result result, double share) {
      List<Detail> details = new ArrayList<>(result.details());
      if (share > 0) {
        String text =
            String.format(Locale.ROOT, "%.1f %% of the step's arithmetic are theirs", 100 * share);
        details.add(new Detail("flop_share", share, text));
      }
      return new Result(
          result.name(),
          result.ours(),
          result.peer(),
          result.peerName(),
          result.ratio(),
          result.unit(),
          result.dtype(),
          result.target(),
          details);
    }
  }

  /**
   * A step beside which weights change from step to step, against one where they do not.
   *
   * @param sd15 the type to compute in at Stable Diffusion 1's size; of the bundled base if empty
   */
  private record Scheduled(String name, int adapters, Optional<DType> sd15) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      StepSetting plain = sd15.map(type -> large(bench, type)).orElseGet(Blending::small);
      List<Path> files = StepAdapters.write(bench, plain.folder(), adapters);
      StepSetting changing = plain.with(Route.SCHEDULED, files);
      StepSetting constant = plain.with(Route.UNMERGED, files);
      try (Race race = bench.race(bench.java(OurStep.class, changing.text()))) {
        // Other weights are another output.
        return race.against(bench.java(OurStep.class, constant.text()), Target.atMost(1.01))
            .run(plain.compute(), Double.POSITIVE_INFINITY, Optional.empty());
      }
    }
  }

  /** New weights for all layers of transformers, against copying the old ones. */
  private record Floor(String name, DType compute) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      StepSetting setting = large(bench, compute);
      setting = setting.with(Route.MERGED, StepAdapters.write(bench, setting.folder(), 1));
      try (Merging ours = new Merging(bench.engine(), setting)) {
        double bytes = 2 * ours.check()[0];
        double[] mine = new double[bench.rounds()];
        double[] floor = new double[bench.rounds()];
        double[] ratios = new double[bench.rounds()];
        for (int round = 0; round < mine.length; round++) {
          bench.lookAround();
          mine[round] = ours.run(1)[0];
          floor[round] = bytes / bench.ceilings().copying(bytes);
          ratios[round] = mine[round] / floor[round];
        }
        String text = String.format(Locale.ROOT, "%.0f MB read and written", bytes / 1e6);
        return List.of(
            new Result(
                bench.name(),
                Spread.median(mine) * 1e3,
                Spread.median(floor) * 1e3,
                "copying as many bytes into new tensors",
                Spread.of(ratios),
                "ms",
                compute,
                Target.atMost(3),
                List.of(new Detail("bytes", bytes, text))));
      }
    }
  }

  /** Case from a file to the first changed step. */
  private record FirstChangeCase(String name, boolean sd15, DType compute) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      StepSetting setting = sd15 ? large(bench, compute) : small();
      setting = setting.with(Route.MERGED, StepAdapters.write(bench, setting.folder(), 1));
      Optional<Contender> peer =
          bench.python(
              Blending.class, "diffusers_step.py", "--inputs", setting.text(), "--load", "1");
      if (peer.isEmpty()) {
        return List.of();
      }
      Contender theirs = peer.get();
      try (Race race = bench.race(bench.java(FirstChange.class, setting.text()))) {
        return race.against(theirs, Target.NONE)
            .run(compute, compute == DType.F32 ? TOLERANCE : BF16_TOLERANCE, Optional.empty());
      }
    }
  }

  /** Case from the start of a process to the first step of a picture by the bundled base. */
  private record Start() implements Case {
    @Override
    public String name() {
      return "start";
    }

    @Override
    public List<Result> measure(Bench bench) {
      String folder = EmojiSd.folder().toString();
      Optional<Contender> peer =
          bench.launchPython(Blending.class, "first_step.py", FirstStep.DONE, folder);
      if (peer.isEmpty()) {
        return List.of();
      }
      Contender theirs = peer.get();
      try (Race race = bench.race(bench.launch(FirstStep.class, FirstStep.DONE, folder))) {
        return race.against(theirs, Target.atMost(0.5)).run(DType.F32, 0, Optional.empty());
      }
    }
  }
}
