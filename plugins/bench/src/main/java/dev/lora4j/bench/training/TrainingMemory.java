package dev.lora4j.bench.training;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Detail;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.bench.denoiser.RandomDenoiser;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Memory of training steps on bases in few bits, each in a process of its own. */
@Extension(
    point = Benchmark.class,
    name = "training-memory",
    help =
        "peak memory of two steps of training a LoRA of rank 16 on attention at the sizes of Stable"
            + " Diffusion 1 and XL, 512x512, with the base in nf4, int8, fp8, BF16 and F32")
public final class TrainingMemory implements Benchmark {
  private static final double GIB = 1L << 30;

  /** Home computers with 16 GiB have so much left for a training. */
  private static final double XL_GIB = 8;

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String form : List.of("nf4", "int8", "fp8", "none")) {
      cases.add(new Steps("sd15", form, DType.F32, false));
      cases.add(new Steps("sdxl", form, DType.BF16, true));
    }
    cases.add(new Steps("sd15", "none", DType.BF16, false));
    return cases;
  }

  /**
   * Steps on one base.
   *
   * @param compute type of what is not in few bits, and of all computing
   */
  private record Steps(String size, String form, DType compute, boolean checkpointing)
      implements Case {
    @Override
    public String name() {
      String type = compute.name().toLowerCase(Locale.ROOT);
      return size + "-" + (form.equals("none") ? type : form + "-" + type);
    }

    private Path folder(Bench bench) {
      Path folder = bench.folder().resolve(size + "-memory");
      return size.equals("sdxl")
          ? RandomModel.writeXl(folder, DType.BF16)
          : RandomModel.write(folder, DType.BF16);
    }

    @Override
    public List<Result> measure(Bench bench) {
      StepInFewBits.Setting setting =
          new StepInFewBits.Setting(
              folder(bench), compute, form, RandomDenoiser.SIDE, checkpointing);
      try (Contender process = bench.java(StepInFewBits.class, setting.text())) {
        double[] told = process.check();
        process.run(1);
        double peak =
            process
                .peakMemory()
                .orElseThrow(
                    () -> new Failure("This system does not tell the memory of a process."));
        double bytes = told[0];
        double most = size.equals("sdxl") && form.equals("nf4") ? XL_GIB : Double.NaN;
        return List.of(
            new Result(
                bench.name(),
                peak / GIB,
                bytes / GIB,
                "weights alone",
                new Spread(peak / bytes, peak / bytes, peak / bytes),
                "GiB",
                compute,
                Double.isNaN(most) ? Target.NONE : Target.atMost(most * GIB / bytes),
                List.of(
                    new Detail(
                        "bits",
                        8 * bytes / told[1],
                        String.format(
                            Locale.ROOT,
                            "%.2f bits of memory for a weight",
                            8 * bytes / told[1])))));
      }
    }
  }
}
