package dev.lora4j.bench.opening;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Time to list a checkpoint's tensors, none of them read. */
@Extension(
    point = Benchmark.class,
    name = "open-checkpoint",
    help =
        "opening a safetensors file of 1,700 tensors and 4 GB, no tensor read; beside "
            + "the Python package safetensors")
public final class OpenCheckpoint implements Benchmark {
  private static final int TENSORS = 1_700;
  private static final long BYTES = 4L << 30;

  @Override
  public List<Case> cases() {
    return List.of(new Size());
  }

  /** The only size. */
  private record Size() implements Case {
    @Override
    public String name() {
      return "4GB";
    }

    @Override
    public List<Result> measure(Bench bench) {
      Path file =
          LargeCheckpoint.write(bench.folder().resolve("large.safetensors"), TENSORS, BYTES);
      try (Race race = bench.race(new OursOpening(file))) {
        return race.against(
                bench.python(OpenCheckpoint.class, "opening.py", "--inputs", file.toString()),
                Target.NONE)
            .run(DType.F16, 0, Optional.empty());
      }
    }
  }
}
