package dev.lora4j.bench.server;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * Requests to many adapters against requests to one, of the same server, which has all of them in
 * memory.
 *
 * @param name of the case
 * @param adapters how many there are
 * @param chosen the adapter of each request
 */
record ManyAdapters(String name, ServedKind kind, int adapters, IntUnaryOperator chosen)
    implements Case {
  private static final double TARGET = 0.9;

  /** Each request is to an adapter by chance, as often to each. */
  static Case random(ServedKind kind, int adapters) {
    return new ManyAdapters(
        kind.text() + "-" + adapters + "-adapters",
        kind,
        adapters,
        number -> new SplittableRandom(number).nextInt(adapters));
  }

  /** A batch has as many adapters as rows. */
  static Case mixedBatch(ServedKind kind) {
    int clients = kind.clients();
    return new ManyAdapters(
        kind.text() + "-mixed-batch", kind, clients, number -> number % clients);
  }

  @Override
  public List<Result> measure(Bench bench) {
    Path folder = bench.folder().resolve(name);
    List<String> names = AdapterFolder.write(folder, kind, 0, adapters);
    List<String> options = new ArrayList<>(kind.options());
    options.addAll(List.of("--preload", "all"));
    try (ServerProcess server = OurServer.start(bench, DType.F32, folder, options);
        Clients clients = new Clients(server.address(), kind.clients());
        Race race = bench.race(burst(adapters + " adapters", clients, names, chosen))) {
      List<Result> times =
          race.against(burst("one adapter", clients, names, number -> 0), Target.NONE)
              // Other adapters make other texts and pictures.
              .run(DType.F32, Double.POSITIVE_INFINITY, Optional.empty());
      return Rates.of(times, kind.burst(), Target.atLeast(TARGET));
    }
  }

  private Burst burst(String who, Clients clients, List<String> names, IntUnaryOperator choice) {
    return new Burst(
        who,
        clients,
        kind.burst(),
        number -> kind.request(names.get(choice.applyAsInt(number)), number),
        kind.clients());
  }
}
