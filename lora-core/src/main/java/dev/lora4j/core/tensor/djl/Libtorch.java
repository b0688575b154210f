package dev.lora4j.core.tensor.djl;

import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Utils;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.DeviceInfo;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.runtime.Capabilities;
import dev.lora4j.core.tensor.runtime.EngineObstacle;
import dev.lora4j.core.tensor.runtime.Processor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The one libtorch of this process: chosen at the first start, and final, as it cannot be unloaded.
 */
final class Libtorch {
  private static Optional<LibtorchChoice> loaded = Optional.empty();
  private static boolean started;

  private Libtorch() {}

  /**
   * Chooses it at the first call, and sets it for the engine's loader.
   *
   * @return the device to use for {@code wanted}
   * @throws ObstacleException if there is no libtorch that fits, or it cannot use the device
   */
  static synchronized Device prepare(Device wanted) {
    LibtorchEnvironment at = LibtorchEnvironment.ofThisProcess();
    LibtorchChoice choice = loaded.orElseGet(() -> LibtorchSelection.choose(at));
    Device device = resolved(choice, at, wanted);
    if (loaded.isEmpty()) {
      tellLoader(choice);
      loaded = Optional.of(choice);
    }
    return device;
  }

  /**
   * Loads it, the first time, as on a processor with the requested {@link Capabilities}.
   *
   * @throws TensorException if these are not known, or cannot be had here
   */
  static synchronized void load() {
    if (!started) {
      Capabilities.obstacle()
          .ifPresent(
              o -> {
                throw new TensorException(o.message());
              });
      Optional<Capabilities> left = Capabilities.requested();
      left.ifPresent(
          l -> {
            ReducedCapabilities.beforeLoading(l);
            System.getLogger(Libtorch.class.getName()).log(System.Logger.Level.WARNING, l.note());
          });
      ai.djl.engine.Engine.getEngine("PyTorch");
      left.ifPresent(l -> ReducedCapabilities.afterLoading(l, Path.of(LibUtils.getLibtorchPath())));
      started = true;
    }
  }

  /** Obstacle that {@link #prepare} would throw; empty if there is none. */
  static synchronized Optional<EngineObstacle> obstacle(Device wanted) {
    LibtorchEnvironment at = LibtorchEnvironment.ofThisProcess();
    return obstacle(() -> loaded.orElseGet(() -> LibtorchSelection.choose(at)), at, wanted);
  }

  /** Obstacle in another environment, where nothing is loaded. */
  static Optional<EngineObstacle> obstacle(LibtorchEnvironment at, Device wanted) {
    return obstacle(() -> LibtorchSelection.choose(at), at, wanted);
  }

  private static Optional<EngineObstacle> obstacle(
      Supplier<LibtorchChoice> choice, LibtorchEnvironment at, Device wanted) {
    Optional<EngineObstacle> unknown = Capabilities.obstacle();
    if (unknown.isPresent()) {
      return unknown;
    }
    try {
      resolved(choice.get(), at, wanted);
      return Optional.empty();
    } catch (ObstacleException e) {
      return Optional.of(e.obstacle());
    }
  }

  private static Device resolved(LibtorchChoice choice, LibtorchEnvironment at, Device wanted) {
    if (wanted.equals(Device.CPU)) {
      return wanted;
    }
    if (wanted.equals(Device.AUTO)) {
      // Without a usable card no driver is queried.
      return choice.cuda()
          ? CardCheck.firstUsable(choice, at.driver().get()).orElse(Device.CPU)
          : Device.CPU;
    }
    CardCheck.obstacle(choice, at.driver().get(), wanted)
        .ifPresent(
            o -> {
              throw new ObstacleException(o);
            });
    return wanted;
  }

  /** Devices of the machine, including those that this libtorch cannot fully use. */
  static List<DeviceInfo> devices() {
    List<DeviceInfo> all = new ArrayList<>();
    all.add(new DeviceInfo(Device.CPU, Processor.model(), 0));
    List<NvidiaDriver.Card> cards = NvidiaDriver.find().map(NvidiaDriver::cards).orElse(List.of());
    for (NvidiaDriver.Card card : cards) {
      all.add(new DeviceInfo(Device.cuda(all.size() - 1), card.name(), card.bytes()));
    }
    return all;
  }

  /*
   * The loader finds cards by a CUDA toolkit, which a machine with a driver need not have, and then
   * takes the CPU's libtorch without a word. A named folder it takes as it is.
   */
  private static void tellLoader(LibtorchChoice choice) {
    choice
        .bundled()
        .ifPresent(
            bundled -> {
              Path folder = LibtorchCache.unpacked(bundled, Utils.getEngineCacheDir("pytorch"));
              System.setProperty("PYTORCH_LIBRARY_PATH", folder.toString());
              System.setProperty("PYTORCH_FLAVOR", bundled.flavor());
              System.setProperty("PYTORCH_VERSION", bundled.build());
            });
    if (choice.folder().isPresent()) {
      System.setProperty("PYTORCH_VERSION", choice.libtorch().version());
    }
  }
}
