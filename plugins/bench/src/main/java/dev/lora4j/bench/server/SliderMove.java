package dev.lora4j.bench.server;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Detail;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A picture again with another weight of one of its two adapters, as when a slider is moved: from
 * the request to the last byte of the answer, one after the other.
 */
record SliderMove(int steps, DType compute) implements Case {
  private static final double MOST_MILLIS = 300;
  private static final int PREVIEW = 4;
  private static final int EACH_ROUND = 10;
  private static final double STEP = 0.005;

  @Override
  public String name() {
    return "slider-" + steps + "-steps-" + compute.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<Result> measure(Bench bench) {
    Path folder = bench.folder().resolve(name());
    List<String> names = AdapterFolder.write(folder, ServedKind.PICTURES, 0, 2);
    try (ServerProcess server =
            OurServer.start(bench, compute, folder, ServedKind.PICTURES.options());
        Clients clients = new Clients(server.address(), 1);
        Progress progress = bench.progress("round")) {
      List<Double> all = new ArrayList<>();
      double[] ratios = new double[bench.rounds()];
      for (int round = 0; round <= bench.rounds(); round++) {
        bench.lookAround();
        double[] millis = new double[EACH_ROUND];
        for (int i = 0; i < EACH_ROUND; i++) {
          millis[i] = 1e3 * move(clients, names, round * EACH_ROUND + i);
        }
        // The first round warms up.
        if (round > 0) {
          Arrays.stream(millis).forEach(all::add);
          ratios[round - 1] = Spread.median(millis) / MOST_MILLIS;
          progress.done(round, "");
        }
      }
      return List.of(result(bench, all, ratios));
    }
  }

  private Result result(Bench bench, List<Double> millis, double... ratios) {
    double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double late = sorted[(int) Math.ceil(0.95 * sorted.length) - 1];
    return new Result(
        bench.name(),
        Spread.median(sorted),
        MOST_MILLIS,
        "300 milliseconds",
        Spread.of(ratios),
        "ms",
        compute,
        steps == PREVIEW ? Target.atMost(1) : Target.NONE,
        List.of(
            new Detail(
                "p95_ms", late, String.format(Locale.ROOT, "95 of 100 take at most %.0f ms", late)),
            new Detail(
                "least_ms", sorted[0], String.format(Locale.ROOT, "least %.0f ms", sorted[0]))));
  }

  private double move(Clients clients, List<String> names, int number) {
    String model =
        String.format(
            Locale.ROOT, "%s:%.3f+%s:0.6", names.get(0), 0.2 + STEP * number, names.get(1));
    return clients.ask(ServedKind.picture(model, 0, steps)).last();
  }
}
