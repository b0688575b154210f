package dev.lora4j.bench.chain;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Optional;

/**
 * Cost of calling an operator: a chain in which the operators themselves have next to nothing to
 * do.
 */
@Extension(
    point = Benchmark.class,
    name = "operator-chain",
    help =
        "tiny operators one after another, 700 x (linear, linear, linear, add, add, "
            + "silu) on [4, 8]; beside DJL and PyTorch")
public final class OperatorChain implements Benchmark {
  private static final int OPERATORS_PER_LINK = 6;

  /** Sums of eight products in another order differ by less. */
  private static final double TOLERANCE = 1e-4;

  @Override
  public List<Case> cases() {
    return List.of(new Links(700));
  }

  /** A chain of this many links. */
  private record Links(int links) implements Case {
    @Override
    public String name() {
      return Integer.toString(links * OPERATORS_PER_LINK);
    }

    @Override
    public List<Result> measure(Bench bench) {
      ChainInputs inputs = ChainInputs.of(links);
      String file = inputs.write(bench.folder().resolve("chain.safetensors")).toString();
      try (Race race = bench.race(new StagedChain(bench.engine(), inputs))) {
        return race.against(bench.java(DjlChain.class, Integer.toString(links)), Target.atMost(0.5))
            .against(
                bench.python(OperatorChain.class, "chain.py", "--inputs", file), Target.atMost(0.9))
            .run(DType.F32, TOLERANCE, Optional.empty());
      }
    }
  }
}
