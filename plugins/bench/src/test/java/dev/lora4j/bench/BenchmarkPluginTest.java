package dev.lora4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.spi.BuiltJar;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar in a plug-ins folder brings a benchmark. */
class BenchmarkPluginTest {
  private static final String COUNTING =
      """
      package example;
      import dev.lora4j.bench.*;
      import dev.lora4j.spi.Extension;
      import dev.lora4j.core.tensor.DType;
      import java.util.*;
      @Extension(point = Benchmark.class, name = "counting", help = "Counts, beside itself")
      public final class Counting implements Benchmark {
        public Counting() {}
        @Override public List<Case> cases() { return List.of(new Far()); }
        record Far() implements Case {
          @Override public String name() { return "far"; }
          @Override public List<Result> measure(Bench bench) {
            try (Race race = bench.race(new Counter("up"))) {
              return race.against(new Counter("down"), Target.NONE)
                  .run(DType.F32, 1e-4, Optional.empty());
            }
          }
        }
        record Counter(String name) implements Contender {
          @Override public double[] check() { return new double[] {1}; }
          @Override public double[] run(int units) {
            double[] seconds = new double[units];
            Arrays.fill(seconds, 0.5);
            return seconds;
          }
          @Override public void close() {}
        }
      }
      """;

  @Test
  void pluginBenchmarkIsListedAndMeasured(@TempDir Path folder) throws Exception {
    new BuiltJar().source("example.Counting", COUNTING).at(folder.resolve("counting.jar"));
    Run list = Run.of("list", "--plugins=" + folder);
    assertTrue(list.out().contains("counting/far"), list.out() + list.err());
    Run run = Run.of("counting", "--plugins=" + folder, "--rounds=2", "--seconds=4", "--json");
    assertEquals(0, run.code(), run.err());
    assertEquals(1, run.json().size());
  }
}
