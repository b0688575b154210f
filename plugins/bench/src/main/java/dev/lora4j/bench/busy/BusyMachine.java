package dev.lora4j.bench.busy;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.runtime.ProcessorShare;
import dev.lora4j.spi.Extension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The default number of threads beside each other number, while other programs are at work. */
@Extension(
    point = Benchmark.class,
    name = "busy-machine",
    help =
        "steps of making a picture and of training on the bundled base, alone and beside one "
            + "and two processes that keep a processor busy; the default number of threads beside "
            + "each other one, and alone beside OpenMP's own way of waiting")
public final class BusyMachine implements Benchmark {
  private static final double TOLERANCE = 1e-3;

  /** Four fifths of the best number's speed. */
  private static final double BUSY = 1.25;

  private static final double QUIET = 1.03;

  /** Default of OpenMP's library, fixed by setting it. */
  private static final Map<String, String> AWAKE = Map.of("GOMP_SPINCOUNT", "300000");

  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (boolean training : new boolean[] {false, true}) {
      for (int others = 0; others <= 2; others++) {
        cases.add(new BesideLoad(training, others));
      }
    }
    return cases;
  }

  /** Numbers of threads to try: all up to 4, then twice as many each time, and the most. */
  static List<Integer> counts(int usable) {
    List<Integer> counts = new ArrayList<>();
    for (int n = 1; n < usable; n += n < 4 ? 1 : n) {
      counts.add(n);
    }
    counts.add(usable);
    return counts;
  }

  /**
   * Case beside so many other processes.
   *
   * @param training or else generating
   */
  private record BesideLoad(boolean training, int others) implements Case {
    @Override
    public String name() {
      return (training ? "train-" : "generate-") + (others == 0 ? "quiet" : others + "-busy");
    }

    @Override
    @SuppressWarnings("try") // they only have to be there
    public List<Result> measure(Bench bench) {
      ProcessorShare share = ProcessorShare.ofThisProcess();
      double limit = others == 0 ? QUIET : BUSY;
      double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
      try (OtherPrograms programs = OtherPrograms.start(others);
          Race race = bench.race(work(bench, 0, "default", Map.of()))) {
        bench.note(
            String.format(
                Locale.ROOT,
                "%s; the load before was %.1f, and %d busy %s it now.",
                share,
                load,
                others,
                others == 1 ? "process adds to" : "processes add to"));
        for (int threads : counts(share.usable())) {
          race.against(
              work(bench, threads, "--threads " + threads, Map.of()), Target.atMost(limit));
        }
        if (others == 0) {
          // Beside others it takes many times as long, and nobody wants to wait for that.
          race.against(work(bench, 0, "OpenMP's waiting", AWAKE), Target.atMost(limit));
        }
        return race.run(DType.F32, TOLERANCE, Optional.empty());
      }
    }

    private Contender work(Bench bench, int threads, String name, Map<String, String> environment) {
      String folder = "busy-" + name.replaceAll("\\W+", "-");
      Path place = bench.folder().resolve(folder);
      try {
        Files.createDirectories(place);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bench.java(BusyWork.class, BusyWork.text(training, threads, name, place), environment);
    }
  }
}
