package dev.lora4j.bench.vision;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import dev.lora4j.vision.VisionModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A LoRA training step of a ResNet. */
@Extension(
    point = Benchmark.class,
    name = "vision",
    help =
        "a LoRA training step (rank 4 on all convolutions, and the head) of a ResNet-50 from chance"
            + " on 4 pictures of 224x224; beside transformers and PEFT")
public final class VisionStep implements Benchmark {
  private static final double TOLERANCE = 1e-4;

  @Override
  public List<Case> cases() {
    return List.of(new Pictures());
  }

  /** Case of pictures. */
  private record Pictures() implements Case {
    @Override
    public String name() {
      return "f32";
    }

    @Override
    public List<Result> measure(Bench bench) {
      Path folder = ResNetOfChance.write(bench.folder());
      VisionModel model =
          VisionModel.open(
              bench.engine().scope("vision step"),
              folder,
              BasePrecision.in(DType.F32),
              List.of(),
              0);
      try (Race race = bench.race(new OurVisionStep(model))) {
        return race.against(
                bench.python(
                    VisionStep.class,
                    "vision_step.py",
                    "--inputs",
                    folder.toString(),
                    "--pictures",
                    Integer.toString(OurVisionStep.PICTURES)),
                Target.atMost(1))
            .run(DType.F32, TOLERANCE, Optional.empty());
      }
    }
  }
}
