package dev.lora4j.bench.quantised;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Extensions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A step beside frozen layers in few bits against the same layers in F32 with the same numbers, and
 * against bitsandbytes' layers in 4 bits.
 */
@Extension(
    point = Benchmark.class,
    name = "quantised",
    help =
        "gradients of LoRA through four frozen layers 2048 x 2048 in 4 and 8 bits; beside the same"
            + " in F32, and beside bitsandbytes")
public final class QuantisedLayers implements Benchmark {
  /** Sums of 2048 products, four times and back. */
  private static final double TOLERANCE = 1e-3;

  /** bitsandbytes rounds some scales to the code beside the nearest. */
  private static final double PEER_TOLERANCE = 2e-2;

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    double[] targets = {1.5, 1.1, 1.05, 1.02};
    int[] tokens = {64, 256, 1024, 4096};
    for (int i = 0; i < tokens.length; i++) {
      cases.add(new Step("nf4", tokens[i], targets[i]));
    }
    cases.add(new Step("int8", 256, 1.1));
    cases.add(new Step("fp8", 256, 1.1));
    return cases;
  }

  /**
   * One form at one number of tokens.
   *
   * @param most the greatest ratio to F32
   */
  private record Step(String form, int tokens, double most) implements Case {
    @Override
    public String name() {
      return form + "-" + tokens;
    }

    @Override
    public List<Result> measure(Bench bench) {
      LayerInputs inputs = LayerInputs.of(tokens);
      Quantisation how = Extensions.installed().make(Quantisation.class, form);
      List<Result> results = new ArrayList<>();
      try (Race race = bench.race(LayerStep.packed(bench.engine(), inputs, how))) {
        results.addAll(
            race.against(LayerStep.numbers(bench.engine(), inputs, how), Target.atMost(most))
                .run(DType.F32, TOLERANCE, Optional.empty()));
      }
      if (form.equals("nf4")) {
        String file = inputs.write(bench.folder().resolve("layers.safetensors")).toString();
        try (Race race = bench.race(LayerStep.packed(bench.engine(), inputs, how))) {
          results.addAll(
              race.against(
                      bench.python(QuantisedLayers.class, "quantised_layers.py", "--inputs", file),
                      Target.atMost(1))
                  .run(DType.F32, PEER_TOLERANCE, Optional.empty()));
        }
      }
      return results;
    }
  }
}
