package dev.lora4j.bench.flow;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Steps of flow transformers beside diffusers and peft, with the memory of both processes. */
@Extension(
    point = Benchmark.class,
    name = "flow",
    help =
        "one step of Stable Diffusion 3.5 Medium, and of one double and one single block of FLUX.1,"
            + " at 512x512 and 1024x1024; of those blocks also a step of training a LoRA, a step"
            + " with weights in few bits, and from an adapter's file to the first step that it"
            + " changes; beside diffusers, peft and bitsandbytes")
public final class FlowStep implements Benchmark {
  private static final double F32_TOLERANCE = 1e-3;
  private static final double BF16_TOLERANCE = 0.15;

  /** FP8 of diffusers has no scales, and both round otherwise. */
  private static final double OTHER_ROUNDING = 0.5;

  /** Pixels of a number of the latents. */
  static final int SCALE = 8;

  /** Tokens of FLUX.1's texts. */
  static final int WORDS = 512;

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (FlowModel model : FlowModel.values()) {
      for (int pixels : List.of(512, 1024)) {
        for (DType type : List.of(DType.F32, DType.BF16)) {
          cases.add(new Prediction(model, pixels, type));
        }
      }
    }
    FluxFolder flux = FluxFolder.PUBLISHED;
    cases.add(new FlowTraining(flux, 512, DType.F32));
    cases.add(new FlowTraining(flux, 512, DType.BF16));
    cases.add(new PackedPrediction(flux, 512, "nf4", BF16_TOLERANCE));
    cases.add(new PackedPrediction(flux, 512, "fp8", OTHER_ROUNDING));
    cases.add(new PackedPrediction(flux, 512, "q8_0", BF16_TOLERANCE));
    cases.add(new PackedPrediction(flux, 512, "q4_k", BF16_TOLERANCE));
    for (Route route : List.of(Route.UNMERGED, Route.MERGED)) {
      cases.add(new FlowChange(flux, 512, DType.BF16, route));
    }
    return cases;
  }

  /** Case of one model, size and type. */
  private record Prediction(FlowModel model, int pixels, DType compute) implements Case {
    @Override
    public String name() {
      return model.title() + "-" + pixels + "-" + compute.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<Result> measure(Bench bench) {
      FlowSetting setting =
          new FlowSetting(
              model.write(bench.folder(), compute), compute, pixels / SCALE, model.words());
      Optional<Contender> peer =
          bench.python(FlowStep.class, "flow_step.py", "--inputs", setting.text());
      if (peer.isEmpty()) {
        return List.of();
      }
      try (Race race = bench.race(bench.java(OurFlowStep.class, setting.text()))) {
        return race.against(peer, Target.atMost(1))
            .run(compute, compute == DType.F32 ? F32_TOLERANCE : BF16_TOLERANCE, Optional.empty());
      }
    }
  }
}
