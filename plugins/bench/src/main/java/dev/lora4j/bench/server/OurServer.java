package dev.lora4j.bench.server;

import dev.lora4j.bench.Bench;
import dev.lora4j.cli.Main;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The command {@code serve} in a process of its own. */
final class OurServer {
  private OurServer() {}

  /**
   * Starts it on a free port.
   *
   * @param options beside those of port, log, threads and compute type
   */
  static ServerProcess start(Bench bench, DType compute, Path adapters, List<String> options) {
    List<String> words = new ArrayList<>(List.of("serve", "--adapters", adapters.toString()));
    words.addAll(usual(bench, compute));
    words.addAll(options);
    return ServerProcess.start("lora4j", bench.program(Main.class, words.toArray(String[]::new)));
  }

  /** Options of every server. */
  static List<String> usual(Bench bench, DType compute) {
    return List.of(
        "--port",
        "0",
        "--log",
        bench.folder().resolve("server.log").toString(),
        "--threads",
        Integer.toString(bench.engine().threads()),
        "--compute",
        compute.name().toLowerCase(Locale.ROOT));
  }
}
