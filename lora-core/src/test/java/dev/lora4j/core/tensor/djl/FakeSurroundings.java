package dev.lora4j.core.tensor.djl;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A Linux machine with the default build, no settings and no card, but for what is changed. */
final class FakeSurroundings {
  private final Map<String, String> settings = new HashMap<>();
  private String engine = "0.36.0";
  private String binding = "2.7.1-0.36.0";
  private List<BundledLibtorch> bundled = List.of(bundled("2.7.1", "cpu", "linux-x86_64"));
  private Optional<NvidiaDriver> driver = Optional.empty();

  static BundledLibtorch bundled(String version, String flavor, String classifier) {
    return new BundledLibtorch(version + "-20250101", flavor, classifier, List.of("libtorch.so"));
  }

  /** What a build with {@code -Pcuda} has. */
  FakeSurroundings ofCudaBuild() {
    engine("0.33.0").binding("2.5.1-0.33.0");
    return bundled(
        bundled("2.5.1", "cpu", "linux-x86_64"), bundled("2.5.1", "cu124", "linux-x86_64"));
  }

  FakeSurroundings set(String name, Object value) {
    settings.put(name, value.toString());
    return this;
  }

  FakeSurroundings folder(FakeLibtorch libtorch, String flavor) {
    return set("PYTORCH_LIBRARY_PATH", libtorch.folder()).set("PYTORCH_FLAVOR", flavor);
  }

  FakeSurroundings engine(String version) {
    engine = version;
    return this;
  }

  FakeSurroundings binding(String version) {
    binding = version;
    return this;
  }

  FakeSurroundings bundled(BundledLibtorch... all) {
    bundled = List.of(all);
    return this;
  }

  /** A driver that supports this CUDA, with cards of these compute capabilities. */
  FakeSurroundings driver(int cuda, int... capabilities) {
    List<NvidiaDriver.Card> cards =
        java.util.Arrays.stream(capabilities)
            .mapToObj(c -> new NvidiaDriver.Card("NVIDIA Card", c, 8L << 30))
            .toList();
    return driver(new NvidiaDriver(cuda, 0, cards));
  }

  FakeSurroundings driver(NvidiaDriver found) {
    driver = Optional.of(found);
    return this;
  }

  LibtorchEnvironment make() {
    Set<String> bound =
        binding.startsWith("2.5.1")
            ? Set.of("cpu", "cpu-precxx11", "cu124", "cu124-precxx11")
            : Set.of("cpu", "cu128");
    return new LibtorchEnvironment(
        name -> settings.getOrDefault(name, ""),
        "linux-x86_64",
        engine,
        binding,
        bound::contains,
        bundled,
        () -> driver);
  }
}
