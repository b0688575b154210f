package dev.lora4j.bench.denoiser;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.bench.denoiser.StepSetting.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One step of a denoiser beside diffusers, with adapters as each of the two takes them. */
@Extension(
    point = Benchmark.class,
    name = "denoiser-step",
    help =
        "one step of a denoiser of Stable Diffusion 1's size at 512x512, and of the "
            + "bundled base's with no, one and four adapters (rank 16) in and beside the "
            + "weights; beside diffusers and peft")
public final class DenoiserStep implements Benchmark {
  private static final double F32_TOLERANCE = 1e-3;
  private static final double BF16_TOLERANCE = 0.15;

  /** Side of the latents of the bundled base's pictures. */
  static final int EMOJI_SIDE = 8;

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int batch : List.of(1, 2)) {
      cases.add(new Large("sd15-f32-batch" + batch, batch, DType.F32, DType.F32, 1.0));
      cases.add(new Large("sd15-bf16-batch" + batch, batch, DType.BF16, DType.BF16, 1.0));
      cases.add(new Large("sd15-default-batch" + batch, batch, DType.BF16, DType.F32, 0.6));
    }
    cases.add(new Small("emoji-sd", Route.NONE, 0));
    for (int adapters : List.of(1, 4)) {
      cases.add(new Small("emoji-sd-merged" + adapters, Route.MERGED, adapters));
      cases.add(new Small("emoji-sd-unmerged" + adapters, Route.UNMERGED, adapters));
    }
    return cases;
  }

  private static List<Result> race(
      Bench bench, StepSetting ours, StepSetting theirs, Target target, double tolerance) {
    Optional<Contender> peer =
        bench.python(
            DenoiserStep.class, "diffusers_step.py", "--inputs", theirs.text(), "--load", "0");
    if (peer.isEmpty()) {
      return List.of();
    }
    Contender other = peer.get();
    try (Race race = bench.race(bench.java(OurStep.class, ours.text()))) {
      return race.against(other, target).run(ours.compute(), tolerance, Optional.empty());
    }
  }

  /**
   * Stable Diffusion 1's size.
   *
   * @param compute the type of ours
   * @param peer the type of the peer; F32 is the default of diffusers
   */
  private record Large(String name, int batch, DType compute, DType peer, double target)
      implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      StepSetting ours =
          StepSetting.plain(
              RandomDenoiser.write(bench.folder().resolve("sd15")),
              compute,
              batch,
              RandomDenoiser.SIDE);
      StepSetting theirs = StepSetting.plain(ours.folder(), peer, batch, RandomDenoiser.SIDE);
      double tolerance = compute == DType.F32 ? F32_TOLERANCE : BF16_TOLERANCE;
      return race(bench, ours, theirs, Target.atMost(target), tolerance);
    }
  }

  /** The bundled base. */
  private record Small(String name, Route route, int adapters) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      StepSetting setting = StepSetting.plain(EmojiSd.folder(), DType.F32, 1, EMOJI_SIDE);
      setting = setting.with(route, StepAdapters.write(bench, setting.folder(), adapters));
      return race(bench, setting, setting, Target.NONE, F32_TOLERANCE);
    }
  }
}
