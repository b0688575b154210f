package dev.lora4j.core.tensor.djl;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The pairs of libtorch and engine that lora4j works with, and everything in which they differ.
 *
 * <p>Nothing else may ask which pair it runs on: programs, operators and results are the same, and
 * the whole test suite passes on each. A difference that a new pair brings becomes a field here.
 */
enum SupportedLibtorch {
  /** The newest that Maven Central has for CPUs. Its cards: Turing to Blackwell. */
  V2_7_1("2.7.1", "0.36.0", "the default build", List.of("cpu", "cu128"), 75, 120),

  /** The newest that Maven Central has for CUDA. Its cards: Maxwell to Hopper. */
  V2_5_1(
      "2.5.1",
      "0.33.0",
      "a build with -Pcuda",
      List.of("cpu", "cpu-precxx11", "cu124", "cu124-precxx11"),
      50,
      90);

  private final String version;
  private final String engine;
  private final String build;

  @SuppressWarnings("ImmutableEnumChecker") // It comes from List.of.
  private final List<String> flavors;

  private final int lowestCapability;
  private final int highestCapability;

  SupportedLibtorch(
      String version,
      String engine,
      String build,
      List<String> flavors,
      int lowestCapability,
      int highestCapability) {
    this.version = version;
    this.engine = engine;
    this.build = build;
    this.flavors = flavors;
    this.lowestCapability = lowestCapability;
    this.highestCapability = highestCapability;
  }

  /** The pair with this version of libtorch. */
  static Optional<SupportedLibtorch> of(String version) {
    return Arrays.stream(values()).filter(s -> s.version.equals(version)).findFirst();
  }

  /** Version of libtorch. */
  String version() {
    return version;
  }

  /** Version of DJL's engine, and of its API. */
  String engine() {
    return engine;
  }

  /** Version of {@code pytorch-jni}, the library in between. */
  String binding() {
    return version + "-" + engine;
  }

  /** The build of lora4j that includes it. */
  String build() {
    return build;
  }

  /**
   * Flavors of libtorch on Linux x86-64: {@code cpu}, or CUDA with its version; {@code -precxx11}
   * for the C++ ABI of before 2011.
   */
  List<String> flavors() {
    return flavors;
  }

  /**
   * The least compute capability that its CUDA flavors have code for, times ten; from the list of
   * architectures that PyTorch's releases are built for.
   */
  int lowestCapability() {
    return lowestCapability;
  }

  /** The greatest of them. A card of the same generation with a greater minor number works too. */
  int highestCapability() {
    return highestCapability;
  }
}
