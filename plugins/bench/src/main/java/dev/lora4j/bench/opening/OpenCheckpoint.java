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
        "opening a safetensors file of 1,700 tensors and a GGUF file of 320, 4 GB each, no tensor"
            + " read; beside the Python packages safetensors and gguf")
public final class OpenCheckpoint implements Benchmark {
  private static final int TENSORS = 1_700;
  private static final long BYTES = 4L << 30;

  @Override
  public List<Case> cases() {
    return List.of(new Size(), new Gguf());
  }

  /** A language model in blocks of 32 numbers with a scale, 4.5 bits each. */
  private record Gguf() implements Case {
    private static final int TENSORS = 320;

    @Override
    public String name() {
      return "gguf-4GB";
    }

    @Override
    public List<Result> measure(Bench bench) {
      Path file = LargeGguf.write(bench.folder().resolve("large.gguf"), TENSORS, BYTES);
      try (Race race = bench.race(new OursGguf(file))) {
        return race.against(
                bench.python(OpenCheckpoint.class, "opening_gguf.py", "--inputs", file.toString()),
                Target.NONE)
            .run(DType.F32, 0, Optional.empty());
      }
    }
  }

  /** A checkpoint for pictures. */
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
