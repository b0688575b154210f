package dev.lora4j.core.tensor.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The processor, as the operating system describes it. */
public final class Processor {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** The instruction sets that matter for speed, by the names that systems have for them. */
  private static final Map<String, Set<String>> SETS =
      Map.of(
          "avx2", Set.of("avx2", "avx2_0"),
          "avx512", Set.of("avx512f"),
          "avx512-bf16", Set.of("avx512_bf16"),
          "amx-bf16", Set.of("amx_bf16"),
          "neon", Set.of("asimd", "neon", "advsimd"),
          "arm-bf16", Set.of("bf16", "feat_bf16"),
          "sve", Set.of("sve"));

  private Processor() {}

  /** Processor model, or the architecture if the system does not name it. */
  public static String model() {
    String named = field("model name");
    if (named.isEmpty()) {
      named = sysctl("machdep.cpu.brand_string");
    }
    return named.isEmpty() ? System.getProperty("os.arch", "unknown") : named;
  }

  /**
   * The instruction sets for fast arithmetic that it has, of those that this toolkit can name,
   * without those that {@link Capabilities} take away.
   */
  public static List<String> instructionSets() {
    Set<String> flags = flags();
    return SETS.entrySet().stream()
        .filter(e -> e.getValue().stream().anyMatch(flags::contains))
        .map(Map.Entry::getKey)
        .filter(
            s -> Capabilities.requested().stream().allMatch(c -> c.instructionSets().contains(s)))
        .sorted()
        .toList();
  }

  /**
   * Returns true if the system lists a feature under the system's own name, regardless of {@link
   * Capabilities}.
   */
  public static boolean has(String feature) {
    return flags().contains(feature);
  }

  private static Set<String> flags() {
    String text = field("flags") + " " + field("Features");
    if (text.isBlank()) {
      text = sysctl("machdep.cpu.leaf7_features") + " " + arm();
    }
    return new LinkedHashSet<>(Arrays.asList(text.toLowerCase(Locale.ROOT).split("\\s+")));
  }

  /** macOS answers for each feature with a line {@code hw.optional.arm.FEAT_BF16: 1}. */
  private static String arm() {
    StringBuilder found = new StringBuilder();
    for (String line : run("sysctl", "hw.optional").lines().toList()) {
      if (line.endsWith(": 1")) {
        found.append(' ').append(line.replaceFirst(": 1$", "").replaceFirst("^.*\\.", ""));
      }
    }
    return found.toString();
  }

  private static String field(String name) {
    if (!Files.isReadable(CPU_INFO)) {
      return "";
    }
    try {
      return Files.readAllLines(CPU_INFO, StandardCharsets.ISO_8859_1).stream()
          .filter(l -> l.startsWith(name) && l.indexOf(':') >= 0)
          .map(l -> l.substring(l.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  private static String sysctl(String key) {
    return run("sysctl", "-n", key).strip();
  }

  private static String run(String... command) {
    if (!System.getProperty("os.name", "").startsWith("Mac")) {
      return "";
    }
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0 ? text : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
