package dev.lora4j.cli.doctor;

import dev.lora4j.cli.Version;
import dev.lora4j.cli.console.Finding;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.cli.model.ThreadsOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.AutoDType;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.DeviceInfo;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.runtime.EngineObstacle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Doctor's checks of libtorch: first whether it may be started, then by starting it. */
final class EngineCheck {
  private EngineCheck() {}

  /**
   * Runs all checks.
   *
   * @param wanted what has to work; with {@link Device#AUTO} that is the CPU, and the state of
   *     cards is only reported
   * @param threads on the CPU
   */
  static List<Finding> findings(Device wanted, ThreadsOption threads) {
    List<Finding> all = new ArrayList<>(Check.of("engine", EngineCheck::engine).findings());
    all.addAll(new Check("libtorch", () -> libtorch(wanted, threads)).findings());
    return all;
  }

  private static Finding engine() {
    String binding = Version.property("/jnilib/pytorch.properties", "jni_version");
    return Finding.good(
        "engine",
        "DJL "
            + Version.property("/pytorch-engine.properties", "djl_version")
            + ", made for libtorch "
            + binding.replaceFirst("-.*", ""));
  }

  private static List<Finding> libtorch(Device wanted, ThreadsOption threads) {
    Optional<EngineObstacle> obstacle = Engine.obstacle(wanted);
    if (obstacle.isPresent()) {
      return List.of(problem(wanted.cuda() ? wanted.toString() : "libtorch", obstacle.get()));
    }
    Lora4j opened;
    try {
      opened = Lora4j.open(EngineOptions.DEFAULT.threads(threads.count()).device(wanted));
    } catch (TensorException | LinkageError e) {
      return List.of(
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
    try (Lora4j lora = opened) {
      return running(lora.engine(), threads);
    }
  }

  private static List<Finding> running(Engine engine, ThreadsOption threads) {
    return Check.all(
        List.of(
            Check.of("libtorch", () -> version(engine)),
            Check.of("threads", () -> Finding.good("threads", threads.text())),
            Check.of("devices", () -> devices(engine)),
            Check.of(
                "computes on", () -> Finding.good("computes on", engine.device() + whyNot(engine))),
            Check.of("compute", () -> compute(engine)),
            Check.of("fast paths", () -> fastPaths(engine)),
            Check.of("packed weights", () -> packedWeights(engine)),
            Check.of(
                "disk for libtorch",
                () -> MachineCheck.disk("disk for libtorch", engine.nativeFolder()))));
  }

  private static Finding version(Engine engine) {
    String version = engine.version().replaceFirst("^libtorch ", "");
    return Finding.good("libtorch", version + " from " + engine.nativeFolder());
  }

  private static Finding devices(Engine engine) {
    return Finding.good("devices", engine.devices().stream().map(EngineCheck::line).toList());
  }

  /** Plain operators give the same, so a path that does not work is no problem. */
  private static Finding fastPaths(Engine engine) {
    return Finding.good(
        "fast paths",
        engine.trials().stream()
            .map(t -> t.path().label() + t.obstacle().map(o -> " (not used: " + o + ")").orElse(""))
            .toList());
  }

  private static Finding packedWeights(Engine engine) {
    List<String> layers = engine.packedLayers();
    return Finding.good("packed weights", layers.isEmpty() ? "nowhere" : layers);
  }

  private static Finding problem(String name, EngineObstacle obstacle) {
    return Finding.problem(name, obstacle.found(), obstacle.remedy());
  }

  private static String line(DeviceInfo info) {
    String memory = info.bytes() == 0 ? "" : ", " + TensorTotals.size(info.bytes());
    return info.device() + " (" + info.name() + memory + ")";
  }

  /** Reason for which an engine with automatic choice took no card. */
  private static String whyNot(Engine engine) {
    return engine.device().cuda()
        ? ""
        : Engine.obstacle(Device.cuda(0)).map(o -> "; not on a card: " + o.message()).orElse("");
  }

  private static Finding compute(Engine engine) {
    AutoDType used = AutoDType.remembered(engine);
    AutoDType now = AutoDType.measure(engine);
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
                + AutoDType.home().resolve("compute.properties")
                + " to measure anew, or pass --compute "
                + (now.type() == DType.BF16 ? "bf16." : "f32."))
        : Finding.good("compute", text);
  }

  private static double ratio(AutoDType measured) {
    double a = measured.f32Millis();
    double b = measured.bf16Millis();
    return Math.max(a, b) / Math.min(a, b);
  }
}
