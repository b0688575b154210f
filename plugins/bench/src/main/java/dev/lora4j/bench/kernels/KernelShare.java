package dev.lora4j.bench.kernels;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Detail;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.bench.Work;
import dev.lora4j.bench.denoiser.OurStep;
import dev.lora4j.bench.text.OurTextStep;
import dev.lora4j.bench.training.OurTraining;
import dev.lora4j.bench.transformer.StagedStep;
import dev.lora4j.bench.transformer.TransformerSize;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Share of our steps that kernels take: their summed time as libtorch's profiler measures it,
 * beside the wall time of the same step as the caller sees it.
 *
 * <p>The profiler takes time of its own, which makes the profiled step longer and the share less.
 * So steps without it are measured in turns with the profiled ones, and the difference is stated.
 * The share is of the profiled step: kernels and wall time are of the same run.
 */
@Extension(
    point = Benchmark.class,
    name = "kernel-share",
    help =
        "time in libtorch's kernels as a share of a step's wall time: of "
            + "transformer-step's training step, of the bundled base's denoiser, of "
            + "training a style on it, and of training a language model of 135 M weights")
public final class KernelShare implements Benchmark {
  private static final int WARM_UP = 3;

  @Override
  public List<Case> cases() {
    return List.of(
        new Tokens(TransformerSize.ofTokens(4, 16)),
        new Tokens(TransformerSize.ofTokens(4, 256)),
        new Denoiser(DType.F32),
        new Denoiser(DType.BF16),
        new Training(1),
        new Training(8),
        new Texts(DType.F32),
        new Texts(DType.BF16));
  }

  /** Case of so many tokens. */
  record Tokens(TransformerSize size) implements Case {
    @Override
    public String name() {
      return size.text();
    }

    @Override
    public List<Result> measure(Bench bench) {
      try (StagedStep step = new StagedStep(bench.engine(), size)) {
        return share(bench, step, DType.F32, 0.9, Optional.of(size.work()));
      }
    }
  }

  /** A step of the bundled base's denoiser without adapters. */
  record Denoiser(DType compute) implements Case {
    @Override
    public String name() {
      return "emoji-sd-" + compute.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<Result> measure(Bench bench) {
      try (Contender step = OurStep.ofBundledBase(bench.engine(), compute)) {
        return share(bench, step, compute, 1 / 1.1, Optional.empty());
      }
    }
  }

  /** A whole step of training a style on the bundled base. */
  record Training(int batch) implements Case {
    @Override
    public String name() {
      return "emoji-sd-training-batch" + batch;
    }

    @Override
    public List<Result> measure(Bench bench) {
      try (Contender step = OurTraining.ofBundledBase(bench.engine(), batch, bench.folder())) {
        return share(bench, step, DType.F32, 1 / 1.1, Optional.empty());
      }
    }
  }

  /** The step of {@code text-step}. */
  record Texts(DType compute) implements Case {
    @Override
    public String name() {
      return "text-training-" + compute.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<Result> measure(Bench bench) {
      try (Contender step = OurTextStep.ofChance(bench.engine(), bench.folder(), compute)) {
        return share(bench, step, compute, 0.9, Optional.empty());
      }
    }
  }

  private static List<Result> share(
      Bench bench, Contender step, DType compute, double target, Optional<Work> work) {
    Turns turns = Turns.of(bench, step);
    double plain = Spread.median(turns.plain);
    double wall = Spread.median(turns.wall);
    List<Detail> details = new ArrayList<>();
    details.add(
        new Detail(
            "operators_share",
            Spread.median(turns.operators) / wall,
            String.format(
                Locale.ROOT,
                "%d kernels; in all operators, views and allocations included, %.1f %% of the"
                    + " time",
                turns.count,
                100 * Spread.median(turns.operators) / wall)));
    details.add(
        new Detail(
            "profiler_overhead",
            wall / plain - 1,
            String.format(
                Locale.ROOT,
                "the profiler makes the step %.1f %% longer; without it %.1f ms",
                100 * (wall / plain - 1),
                1e3 * plain)));
    work.ifPresent(w -> details.addAll(bench.ceilings().floor(w, plain)));
    return List.of(
        new Result(
            bench.name(),
            1e3 * Spread.median(turns.kernels),
            1e3 * wall,
            "wall time of the same step",
            Spread.of(turns.share),
            "ms",
            compute,
            Target.atLeast(target),
            details));
  }

  /** Measurements of each round, in seconds. */
  private static final class Turns {
    private final double[] plain;
    private final double[] wall;
    private final double[] kernels;
    private final double[] operators;
    private final double[] share;
    private int count;

    private Turns(int rounds) {
      plain = new double[rounds];
      wall = new double[rounds];
      kernels = new double[rounds];
      operators = new double[rounds];
      share = new double[rounds];
    }

    static Turns of(Bench bench, Contender step) {
      Turns turns = new Turns(bench.rounds());
      Path trace = bench.folder().resolve("trace.json");
      try (Progress progress = bench.progress("round")) {
        double unit = Spread.median(step.run(WARM_UP));
        turns.profiled(bench, step, trace, 0);
        int units = (int) Math.max(1, bench.seconds() / bench.rounds() / 2 / unit);
        for (int round = 0; round < bench.rounds(); round++) {
          bench.lookAround();
          turns.plain[round] = Spread.median(step.run(units));
          turns.profiled(bench, step, trace, round);
          progress.done(round + 1, String.format(Locale.ROOT, "%.1f %%", 100 * turns.share[round]));
        }
      }
      return turns;
    }

    /** Profiles one step, which is enough to show where its time went. */
    private void profiled(Bench bench, Contender step, Path trace, int round) {
      wall[round] = bench.engine().profile(trace, () -> step.run(1)[0]);
      KernelTime time = KernelTime.of(trace);
      kernels[round] = time.kernels();
      operators[round] = time.operators();
      share[round] = time.kernels() / wall[round];
      count = time.count();
    }
  }
}
