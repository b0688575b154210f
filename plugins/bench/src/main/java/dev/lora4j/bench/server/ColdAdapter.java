package dev.lora4j.bench.server;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Detail;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The first request to an adapter that the server has never seen: the time to the first byte of the
 * answer, without that of the same request once more, and without reading the file.
 */
record ColdAdapter(ServedKind kind) implements Case {
  private static final double MOST_MILLIS = 50;
  private static final int EACH_ROUND = 5;

  @Override
  public String name() {
    return kind.text() + "-cold";
  }

  @Override
  public List<Result> measure(Bench bench) {
    Path folder = bench.folder().resolve(name());
    // One more round warms up.
    AdapterFolder.write(folder, kind, 0, EACH_ROUND * (bench.rounds() + 1));
    try (ServerProcess server = OurServer.start(bench, DType.F32, folder, kind.options());
        Clients clients = new Clients(server.address(), 1);
        Progress progress = bench.progress("round")) {
      List<double[]> rounds = new ArrayList<>();
      for (int round = 0; round <= bench.rounds(); round++) {
        bench.lookAround();
        List<double[]> asked = new ArrayList<>();
        for (int i = 0; i < EACH_ROUND; i++) {
          asked.add(ask(clients, folder, round * EACH_ROUND + i));
        }
        if (round > 0) {
          rounds.add(medians(asked));
          progress.done(round, "");
        }
      }
      return List.of(result(bench, rounds));
    }
  }

  private Result result(Bench bench, List<double[]> rounds) {
    double[] beyond = rounds.stream().mapToDouble(r -> 1e3 * (r[0] - r[1] - r[2])).toArray();
    double[] all = medians(rounds);
    Spread spread = Spread.of(beyond);
    return new Result(
        bench.name(),
        spread.median(),
        MOST_MILLIS,
        "50 milliseconds",
        new Spread(
            spread.low() / MOST_MILLIS, spread.median() / MOST_MILLIS, spread.high() / MOST_MILLIS),
        "ms",
        DType.F32,
        Target.atMost(1),
        List.of(
            detail("first_ms", "to the first byte with a new adapter", all[0]),
            detail("again_ms", "with the same adapter again", all[1]),
            detail("read_ms", "to read the file", all[2])));
  }

  private static Detail detail(String key, String what, double seconds) {
    return new Detail(
        key, 1e3 * seconds, String.format(Locale.ROOT, "%.2f ms %s", 1e3 * seconds, what));
  }

  private static double[] medians(List<double[]> rows) {
    double[] medians = new double[rows.get(0).length];
    for (int i = 0; i < medians.length; i++) {
      int column = i;
      medians[i] = Spread.median(rows.stream().mapToDouble(r -> r[column]).toArray());
    }
    return medians;
  }

  /** Seconds to the first byte, at first and again, and those to read the files. */
  private double[] ask(Clients clients, Path folder, int number) {
    String model = kind.text() + number;
    ServerRequest request =
        kind == ServedKind.TEXTS ? ServedKind.stream(model, 0, 1) : ServedKind.picture(model, 0, 1);
    double read = read(folder, model);
    double first = clients.ask(request).first();
    double again = clients.ask(request).first();
    return new double[] {first, again, read};
  }

  private static double read(Path folder, String model) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all =
          files
              .filter(Files::isRegularFile)
              .filter(f -> folder.relativize(f).toString().matches(model + "[./\\\\].*"))
              .toList();
      long began = System.nanoTime();
      for (Path file : all) {
        Files.readAllBytes(file);
      }
      return (System.nanoTime() - began) / 1e9;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
