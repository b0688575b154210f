package dev.lora4j.bench.server;

import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;

/** Requests to the command {@code serve}. */
@Extension(
    point = Benchmark.class,
    name = "server",
    help =
        "requests to a server of the bundled bases: 8 to 1,000 adapters of rank 8, and batches of"
            + " different adapters, beside one adapter; beside a small server of diffusers,"
            + " transformers and peft; a new adapter to the first byte, a slider moved, an idle"
            + " server, and memory over 2,000 requests")
public final class ServerRequests implements Benchmark {
  @Override
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (ServedKind kind : ServedKind.values()) {
      for (int adapters : List.of(8, 64, 1000)) {
        cases.add(ManyAdapters.random(kind, adapters));
      }
      cases.add(ManyAdapters.mixedBatch(kind));
      cases.add(new BesidePython(kind));
      cases.add(new ColdAdapter(kind));
    }
    for (int steps : List.of(4, 8, 20)) {
      cases.add(new SliderMove(steps, DType.F32));
    }
    cases.add(new SliderMove(4, DType.BF16));
    cases.add(new IdleServer());
    cases.add(new MemoryOverRequests());
    return cases;
  }
}
