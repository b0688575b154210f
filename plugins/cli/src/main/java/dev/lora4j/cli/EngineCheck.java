package dev.lora4j.cli;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.FasterType;
import dev.lora4j.core.tensor.TensorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the doctor finds out about libtorch: first whether it may be started, then by starting it.
 */
final class EngineCheck {
  private EngineCheck() {}

  static List<Finding> findings() {
    List<Finding> all = new ArrayList<>();
    String binding = Version.property("/jnilib/pytorch.properties", "jni_version");
    all.add(
        Finding.good(
            "engine",
            "DJL "
                + Version.property("/pytorch-engine.properties", "djl_version")
                + ", made for libtorch "
                + libtorchOf(binding)));
    Optional<Finding> refused = refusal(libtorchOf(binding));
    if (refused.isPresent()) {
      all.add(refused.get());
      return all;
    }
    try (Lora4j lora = Lora4j.open()) {
      all.add(
          Finding.good(
              "libtorch",
              lora.engine().version().replaceFirst("^libtorch ", "")
                  + " from "
                  + lora.engine().nativeFolder()));
      all.add(Finding.good("threads", lora.engine().threads()));
      all.add(Finding.good("devices", devices()));
      all.add(compute(lora));
      all.add(MachineCheck.disk("disk for libtorch", lora.engine().nativeFolder()));
    } catch (TensorException | LinkageError e) {
      all.add(
          Finding.problem(
              "libtorch",
              "does not start: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
              "Remove the folder ~/.djl.ai/pytorch, which is unpacked anew, and see that the build"
                  + " is for this system ("
                  + System.getProperty("os.name")
                  + ", "
                  + System.getProperty("os.arch")
                  + ")."));
    }
    return all;
  }

  /** {@code 2.7.1} of {@code 2.7.1-0.36.0}. */
  private static String libtorchOf(String binding) {
    return binding.replaceFirst("-.*", "");
  }

  /* A libtorch of another version is not refused by its loader: it ends the process, or computes nonsense. */
  private static Optional<Finding> refusal(String wanted) {
    if (wanted.equals("none")) {
      return Optional.of(
          Finding.problem(
              "libtorch",
              "its Java binding is not on the class path",
              "Add the dependency lora4j-natives, as docs/your-build.md says."));
    }
    String folder = setting("PYTORCH_LIBRARY_PATH");
    if (folder.isEmpty()) {
      String brought = Version.libtorch();
      return brought.equals("none")
          ? Optional.of(
              Finding.problem(
                  "libtorch",
                  "none is on the class path",
                  "Add lora4j-natives, or set PYTORCH_LIBRARY_PATH to a libtorch " + wanted + "."))
          : otherVersion(brought, wanted, "the class path");
    }
    if (!Files.isDirectory(Path.of(folder))) {
      return Optional.of(
          Finding.problem(
              "libtorch",
              "PYTORCH_LIBRARY_PATH is " + folder + ", which is no folder",
              "Set it to the lib folder of a libtorch " + wanted + ", or unset it."));
    }
    if (setting("PYTORCH_FLAVOR").isEmpty()) {
      return Optional.of(
          Finding.problem(
              "libtorch",
              "PYTORCH_LIBRARY_PATH is set and PYTORCH_FLAVOR is not",
              "Set PYTORCH_FLAVOR to cpu, cu124 or what " + folder + " is."));
    }
    String declared = setting("PYTORCH_VERSION");
    String found = written(Path.of(folder)).orElse(declared);
    return found.isEmpty()
        ? Optional.of(
            Finding.problem(
                "libtorch",
                "the version of " + folder + " is unknown",
                "Set PYTORCH_VERSION; it has to be " + wanted + "."))
        : otherVersion(found, wanted, folder);
  }

  private static Optional<Finding> otherVersion(String found, String wanted, String where) {
    return found.equals(wanted)
        ? Optional.empty()
        : Optional.of(
            Finding.problem(
                "libtorch",
                found + " from " + where + "; it was not started",
                "Only libtorch "
                    + wanted
                    + " fits this build. Name one of that version, or unset"
                    + " PYTORCH_LIBRARY_PATH."));
  }

  /** The version that a libtorch folder notes in {@code build-version}, beside its lib folder. */
  private static Optional<String> written(Path folder) {
    for (Path place :
        List.of(folder.resolve("build-version"), folder.resolveSibling("build-version"))) {
      if (Files.isReadable(place)) {
        try {
          return Optional.of(Files.readString(place).strip().replaceFirst("[+-].*", ""));
        } catch (IOException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** The engine's loader asks the environment first, then the system properties. */
  private static String setting(String name) {
    return System.getenv().getOrDefault(name, System.getProperty(name, ""));
  }

  private static List<String> devices() {
    List<String> devices = new ArrayList<>();
    devices.add("cpu");
    Path driver = Path.of("/proc/driver/nvidia/gpus");
    if (Files.isDirectory(driver)) {
      try (Stream<Path> gpus = Files.list(driver)) {
        gpus.forEach(g -> devices.add("NVIDIA " + g.getFileName() + " (not used yet)"));
      } catch (IOException e) {
        devices.add("NVIDIA, unreadable");
      }
    }
    return devices;
  }

  private static Finding compute(Lora4j lora) {
    FasterType now = FasterType.measure(lora.engine());
    FasterType used = FasterType.remembered(lora.engine());
    String text =
        String.format(
            Locale.ROOT,
            "%s; a matrix product and a convolution took %.1f ms in F32 and %.1f ms in BF16",
            used.type(),
            now.f32Millis(),
            now.bf16Millis());
    boolean contradicts = now.type() != used.type() && ratio(now) > 2;
    return contradicts
        ? Finding.problem(
            "compute",
            text,
            "The remembered choice is slow. Remove "
                + FasterType.home().resolve("compute.properties")
                + " to measure anew, or pass --compute "
                + (now.type() == DType.BF16 ? "bf16." : "f32."))
        : Finding.good("compute", text);
  }

  private static double ratio(FasterType measured) {
    double a = measured.f32Millis();
    double b = measured.bf16Millis();
    return Math.max(a, b) / Math.min(a, b);
  }
}
