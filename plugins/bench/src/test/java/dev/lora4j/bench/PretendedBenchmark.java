package dev.lora4j.bench;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Contenders who only say how long they took, so that the result is known. */
@Extension(point = Benchmark.class, name = "pretended", help = "contenders who do nothing")
public final class PretendedBenchmark implements Benchmark {
  /** Who did what, in order: a name with {@code check}, or with a number of units. */
  static final List<String> DONE = new ArrayList<>();

  @Override
  public List<Case> cases() {
    return List.of(
        new Sizes("equal", 1, Double.MAX_VALUE),
        new Sizes("different", 1.001, Double.MAX_VALUE),
        new Sizes("long", 1, 0));
  }

  /**
   * What is compared.
   *
   * @param theirs what one of the peers computes, where ours computes 1
   * @param enough seconds of the comparison after which no more units are needed
   */
  private record Sizes(String name, double theirs, double enough) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      try (Race race = bench.race(new Pretender("ours", 0.25, 1))) {
        return race.enough(enough)
            .against(new Pretender("slow", 1, theirs), Target.atMost(0.5))
            .against(new Pretender("fast", 0.125, 1), Target.atMost(0.9))
            .against(bench.python(PretendedBenchmark.class, "peer.py"), Target.NONE)
            .run(DType.BF16, 1e-4, Optional.of(new Work(1e6, 1e6)));
      }
    }
  }

  /** Each turn takes longer by the same factor for everybody, as on a machine that slows down. */
  private static final class Pretender implements Contender {
    private final String name;
    private final double seconds;
    private final double value;
    private int turns;

    Pretender(String name, double seconds, double value) {
      this.name = name;
      this.seconds = seconds;
      this.value = value;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public double[] check() {
      DONE.add(name + " check");
      return new double[] {value, 1};
    }

    @Override
    public double[] run(int units) {
      DONE.add(name + " " + units);
      turns++;
      double[] times = new double[units];
      Arrays.fill(times, seconds * turns);
      // An accident, which the median leaves out.
      times[0] = units > 2 ? 1000 : times[0];
      return times;
    }

    @Override
    public void close() {
      DONE.add(name + " close");
    }
  }
}
