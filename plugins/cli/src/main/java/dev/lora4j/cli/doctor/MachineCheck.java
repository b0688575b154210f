package dev.lora4j.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.lora4j.cli.Version;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Finding;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.model.ConversionCache;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.AutoDType;
import dev.lora4j.core.tensor.runtime.Capabilities;
import dev.lora4j.core.tensor.runtime.EngineObstacle;
import dev.lora4j.core.tensor.runtime.Processor;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Doctor's checks without the engine. */
final class MachineCheck {
  private static final long LITTLE_MEMORY = 1_000_000_000;
  private static final long LITTLE_DISK = 1_000_000_000;

  private MachineCheck() {}

  static List<Finding> findings() {
    return Check.all(
        List.of(
            Check.of("lora4j", () -> Finding.good("lora4j", Version.own())),
            Check.of("java", MachineCheck::java),
            Check.of("system", MachineCheck::system),
            Check.of("processor", () -> Finding.good("processor", Processor.model())),
            new Check("instruction sets", MachineCheck::instructionSets),
            Check.of("memory", MachineCheck::memory),
            Check.of("home", MachineCheck::home),
            Check.of("converted weights", MachineCheck::cache),
            Check.of(
                "disk for temporary files",
                () -> disk("disk for temporary files", Path.of(property("java.io.tmpdir")))),
            Check.of("fonts", MachineCheck::fonts)));
  }

  private static Finding system() {
    String name = property("os.name") + " " + property("os.version");
    return Finding.good("system", name + ", " + property("os.arch"));
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static Finding java() {
    String heap = TensorTotals.size(Runtime.getRuntime().maxMemory());
    return Finding.good(
        "java",
        property("java.version")
            + " of "
            + property("java.vendor")
            + " in "
            + property("java.home")
            + ", heap up to "
            + heap);
  }

  private static List<Finding> instructionSets() {
    Optional<EngineObstacle> unknown = Capabilities.obstacle();
    if (unknown.isPresent()) {
      return List.of(
          Finding.problem("capabilities", unknown.get().found(), unknown.get().remedy()));
    }
    List<String> sets = Processor.instructionSets();
    Optional<Capabilities> less = Capabilities.requested();
    if (less.isPresent()) {
      return List.of(
          Finding.good("instruction sets", sets), Finding.good("capabilities", less.get().note()));
    }
    boolean old = property("os.arch").matches("amd64|x86_64") && !sets.contains("avx2");
    return List.of(
        old
            ? Finding.problem(
                "instruction sets",
                sets,
                "Without AVX2 everything is several times slower. In a virtual machine, let it"
                    + " pass the processor through (for example QEMU's -cpu host).")
            : Finding.good("instruction sets", sets));
  }

  private static Finding memory() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long free = Math.min(available(system.getFreeMemorySize()), system.getTotalMemorySize());
    String text =
        TensorTotals.size(free) + " free of " + TensorTotals.size(system.getTotalMemorySize());
    return free < LITTLE_MEMORY
        ? Finding.problem(
            "memory", text, "End other programs; a small model needs 1 GB, SD 1.5 needs 6 GB.")
        : Finding.good("memory", text);
  }

  /** Linux counts memory that holds files as used, though it gives it back on demand. */
  private static long available(long otherwise) {
    Path info = Path.of("/proc/meminfo");
    if (!Files.isReadable(info)) {
      return otherwise;
    }
    try {
      return Files.readAllLines(info, StandardCharsets.US_ASCII).stream()
          .filter(l -> l.startsWith("MemAvailable:"))
          .map(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(otherwise);
    } catch (IOException | NumberFormatException e) {
      return otherwise;
    }
  }

  private static Finding home() {
    Path home = AutoDType.home();
    Path existing = existing(home);
    if (!Files.isWritable(existing)) {
      return Finding.problem(
          "home", home + ", which cannot be written", "Set LORA4J_HOME to a folder that can be.");
    }
    return disk("home", home);
  }

  private static Finding cache() {
    ConversionCache cache;
    try {
      cache = ConversionCache.ofUser();
    } catch (ModelException e) {
      return Finding.problem("converted weights", "none", ErrorExplanation.of(e));
    }
    return Finding.good(
        "converted weights",
        cache.limit() == 0
            ? "not kept, as LORA4J_CACHE_GB is 0"
            : cache.folder()
                + ", "
                + TensorTotals.size(cache.size())
                + " of at most "
                + TensorTotals.size(cache.limit()));
  }

  private static Path existing(Path path) {
    Path at = path.toAbsolutePath();
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  /** Room where {@code folder} is, or will be made. */
  static Finding disk(String name, Path folder) {
    try {
      long free = Files.getFileStore(existing(folder)).getUsableSpace();
      String text = folder + ", " + TensorTotals.size(free) + " free";
      return free < LITTLE_DISK
          ? Finding.problem(name, text, "Make room there, or choose another folder.")
          : Finding.good(name, text);
    } catch (IOException e) {
      return Finding.problem(
          name, folder + ": " + ErrorExplanation.of(e), "Choose another folder.");
    }
  }

  private static Finding fonts() {
    try {
      Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
      font.getStringBounds("loss", new FontRenderContext(null, true, true));
      return Finding.good("fonts", "there are some");
    } catch (RuntimeException | LinkageError | InternalError e) {
      // Java's own reaction to a system without any, in three forms by version.
      return Finding.problem(
          "fonts",
          "none, so charts and grids cannot be drawn",
          "Install fontconfig and a font, for example: apt-get install fontconfig"
              + " fonts-dejavu-core");
    }
  }
}
