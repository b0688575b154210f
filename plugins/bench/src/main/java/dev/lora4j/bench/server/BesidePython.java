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
import java.util.Locale;
import java.util.Optional;

/** Requests to several adapters, of our server and of a small one in Python. */
record BesidePython(ServedKind kind) implements Case {
  private static final int ADAPTERS = 8;
  private static final int COMPARED = 8;
  private static final double TARGET = 2;

  /** Of the greatest mean colour, or of the greatest letter, whose difference is 1 or more. */
  private static final double TOLERANCE = 2e-3;

  @Override
  public String name() {
    return kind.text() + "-python";
  }

  @Override
  public List<Result> measure(Bench bench) {
    Path folder = bench.folder().resolve(name());
    List<String> names = AdapterFolder.write(folder, kind, 0, ADAPTERS);
    Optional<ProcessBuilder> script =
        bench.script(
            BesidePython.class,
            "python_server.py",
            "--kind",
            kind.text(),
            "--base",
            kind.folder().toString(),
            "--adapters",
            folder.toString());
    if (script.isEmpty()) {
      return List.of();
    }
    List<String> options = new ArrayList<>(kind.options());
    options.addAll(List.of("--preload", "all"));
    try (ServerProcess theirs = ServerProcess.start(peer().toLowerCase(Locale.ROOT), script.get());
        ServerProcess ours = OurServer.start(bench, DType.F32, folder, options);
        Clients theirClients = new Clients(theirs.address(), kind.clients());
        Clients ourClients = new Clients(ours.address(), kind.clients());
        Race race = bench.race(burst("lora4j", ourClients, names).of(ours))) {
      List<Result> times =
          race.against(burst(peer(), theirClients, names).of(theirs), Target.NONE)
              .run(DType.F32, TOLERANCE, Optional.empty());
      return Rates.of(times, kind.burst(), Target.atLeast(TARGET));
    }
  }

  private String peer() {
    return kind == ServedKind.TEXTS ? "transformers and peft" : "diffusers and peft";
  }

  private Burst burst(String who, Clients clients, List<String> names) {
    return new Burst(
        who,
        clients,
        kind.burst(),
        number -> kind.request(names.get(number % ADAPTERS), number),
        COMPARED);
  }
}
