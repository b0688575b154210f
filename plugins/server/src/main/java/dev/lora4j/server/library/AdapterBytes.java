package dev.lora4j.server.library;

import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.stream.Stream;

/** Memory that the numbers of an adapter take. */
final class AdapterBytes {
  private AdapterBytes() {}

  /** Bytes of all factors, and of what else of the file is handed out with them. */
  static long of(LoadedAdapter loaded) {
    Stream<HostTensor> factors =
        loaded.adapter().sites().values().stream()
            .flatMap(site -> site.stream().flatMap(f -> f.tensors().values().stream()));
    Stream<HostTensor> others =
        Stream.concat(
            loaded.embeddings().values().stream(), loaded.replacements().values().stream());
    return Stream.concat(factors, others)
        .mapToLong(t -> t.dtype().bytes(t.shape().elements()))
        .sum();
  }
}
