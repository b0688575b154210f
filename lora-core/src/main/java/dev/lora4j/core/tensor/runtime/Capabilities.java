package dev.lora4j.core.tensor.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A kind of x86-64 processor that is less than this one may be. The environment variable {@code
 * LORA4J_CAPABILITIES} names one, and everything then runs as on such a processor: instructions
 * that it lacks are not used, and what libtorch refuses there it refuses here.
 */
public enum Capabilities {
  /** SSE4 alone, and no fast path of this toolkit: every operator is libtorch's plain one. */
  NONE("none", "default", "SSE41", "SSE4_2", ""),
  /** SSE4.2 and nothing newer, as Nehalem of 2008. */
  SSE4("sse4", "default", "SSE41", "SSE4_2", ""),
  /** AVX2 and no AVX-512, as most laptops and desktops. */
  AVX2("avx2", "avx2", "AVX2", "AVX2", "avx2"),
  /** AVX-512 without instructions for BF16, as servers from 2017 on. */
  AVX512("avx512", "avx512", "AVX512_CORE", "AVX512", "avx2 avx512"),
  /** AVX-512 with BF16 and without AMX. */
  AVX512_BF16("avx512-bf16", "avx512", "AVX512_CORE_BF16", "AVX512", "avx2 avx512 avx512-bf16");

  /** The environment variable that names one. */
  public static final String VARIABLE = "LORA4J_CAPABILITIES";

  private final String word;
  private final String aten;
  private final String oneDnn;
  private final String mkl;
  private final String instructionSets;

  Capabilities(String word, String aten, String oneDnn, String mkl, String instructionSets) {
    this.word = word;
    this.aten = aten;
    this.oneDnn = oneDnn;
    this.mkl = mkl;
    this.instructionSets = instructionSets;
  }

  /**
   * Capabilities that the environment variable requests; empty if it is not set.
   *
   * @throws CapabilitiesException if it names none of these
   */
  public static Optional<Capabilities> requested() {
    return named(System.getenv().getOrDefault(VARIABLE, ""));
  }

  /** Obstacle that makes {@link #requested} fail; empty if there is none. */
  public static Optional<EngineObstacle> obstacle() {
    return obstacle(System.getenv().getOrDefault(VARIABLE, ""));
  }

  static Optional<EngineObstacle> obstacle(String name) {
    if (name.isBlank() || find(name).isPresent()) {
      return Optional.empty();
    }
    String all = Arrays.stream(values()).map(c -> c.word).collect(Collectors.joining(", "));
    return Optional.of(
        new EngineObstacle(
            VARIABLE + " is '" + name + "'; expected one of " + all,
            "Set it to one of these, or unset it."));
  }

  private static Optional<Capabilities> find(String name) {
    String word = name.strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(c -> c.word.equals(word)).findFirst();
  }

  /**
   * The one with this name; empty for the empty name.
   *
   * @throws CapabilitiesException if there is none
   */
  static Optional<Capabilities> named(String name) {
    obstacle(name)
        .ifPresent(
            o -> {
              throw new CapabilitiesException(o.message());
            });
    return find(name);
  }

  /** Note for users who may not know that the variable is set. */
  public String note() {
    return VARIABLE
        + " is "
        + word
        + ": everything runs as on a processor with "
        + (instructionSets.isEmpty() ? "SSE4" : String.join(", ", instructionSets()))
        + " and nothing newer"
        + (this == NONE ? ", and without fast paths" : "");
  }

  /** Name in the environment variable. */
  public String word() {
    return word;
  }

  /** The greatest set of instructions for libtorch's own kernels, as ATEN_CPU_CAPABILITY has it. */
  public String aten() {
    return aten;
  }

  /** The greatest set of instructions for oneDNN, as ONEDNN_MAX_CPU_ISA has it. */
  public String oneDnn() {
    return oneDnn;
  }

  /** The greatest set of instructions for MKL, as MKL_ENABLE_INSTRUCTIONS has it. */
  public String mkl() {
    return mkl;
  }

  /** The instruction sets it has, of those that {@link Processor#instructionSets} names. */
  public List<String> instructionSets() {
    return instructionSets.isEmpty() ? List.of() : List.of(instructionSets.split(" ", -1));
  }
}
