package dev.lora4j.bench.server;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Memory of a server after 2,000 requests to many adapters, against that after the first 200. */
record MemoryOverRequests() implements Case {
  private static final int WARM_UP = 200;
  private static final int REQUESTS = 2_000;
  private static final int ADAPTERS = 20;
  private static final int CLIENTS = 16;

  /** One request in so many is for a picture. */
  private static final int PICTURES = 10;

  private static final double TARGET = 1.1;
  private static final double MIB = 1 << 20;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<Result> measure(Bench bench) {
    Path folder = bench.folder().resolve(name());
    List<String> texts = AdapterFolder.write(folder, ServedKind.TEXTS, 0, ADAPTERS);
    List<String> pictures = AdapterFolder.write(folder, ServedKind.PICTURES, 0, ADAPTERS);
    List<String> options = new ArrayList<>(ServedKind.TEXTS.options());
    options.addAll(ServedKind.PICTURES.options());
    try (ServerProcess server = OurServer.start(bench, DType.F32, folder, options);
        Clients clients = new Clients(server.address(), CLIENTS)) {
      ask(clients, texts, pictures, 0, WARM_UP);
      double before = resident(server);
      ask(clients, texts, pictures, WARM_UP, REQUESTS);
      double after = resident(server);
      double ratio = after / before;
      return List.of(
          new Result(
              bench.name(),
              after / MIB,
              before / MIB,
              "before 2,000 requests",
              new Spread(ratio, ratio, ratio),
              "MiB",
              DType.F32,
              Target.atMost(TARGET),
              List.of()));
    }
  }

  private static void ask(
      Clients clients, List<String> texts, List<String> pictures, int first, int count) {
    List<ServerRequest> requests = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      // Each adapter has its turn for both kinds.
      int adapter = i / PICTURES % ADAPTERS;
      requests.add(
          i % PICTURES == 0
              ? ServedKind.picture(pictures.get(adapter), i, 1)
              : ServedKind.TEXTS.request(texts.get(i % ADAPTERS), i));
    }
    clients.ask(requests);
  }

  private static double resident(ServerProcess server) {
    return server
        .resident()
        .orElseThrow(() -> new Failure("This system does not tell the memory of a process."));
  }
}
