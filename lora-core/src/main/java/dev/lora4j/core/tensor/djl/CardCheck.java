package dev.lora4j.core.tensor.djl;

import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.runtime.EngineObstacle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** Check whether a libtorch can compute on a card of this machine, with a remedy if not. */
final class CardCheck {
  private static final String NEW_DRIVER =
      "Install NVIDIA's driver 525.60.13 (Windows: 528.33) or newer";
  private static final String OR_CPU = ", or compute on the CPU.";

  private CardCheck() {}

  /** Obstacle to computing with {@code libtorch} on {@code device}; empty if there is none. */
  static Optional<EngineObstacle> obstacle(
      LibtorchChoice libtorch, Optional<NvidiaDriver> driver, Device device) {
    if (!device.cuda()) {
      return Optional.empty();
    }
    LibtorchChoice judged = libtorch.passedOver().orElse(libtorch);
    if (!judged.cuda()) {
      return obstacleOf(
          judged + " computes on the CPU only",
          "docs/cuda.md says how to get one for cards: a build with -Pcuda, or a folder that"
              + " PYTORCH_LIBRARY_PATH names.");
    }
    if (driver.isEmpty()) {
      return Optional.of(noDriver());
    }
    Optional<EngineObstacle> general = obstacle(judged, driver.get());
    return general.isPresent() ? general : obstacle(judged, driver.get().cards(), device);
  }

  /** The first card that nothing speaks against. */
  static Optional<Device> firstUsable(LibtorchChoice libtorch, Optional<NvidiaDriver> driver) {
    int cards = driver.map(d -> d.cards().size()).orElse(0);
    return IntStream.range(0, cards)
        .mapToObj(Device::cuda)
        .filter(d -> obstacle(libtorch, driver, d).isEmpty())
        .findFirst();
  }

  static EngineObstacle noDriver() {
    return new EngineObstacle(
        "There is no NVIDIA driver: " + NvidiaDriver.library() + " cannot be loaded",
        NEW_DRIVER
            + "; a container must be started with the cards passed through. Without a card, compute"
            + " on the CPU, with a libtorch for the CPU.");
  }

  private static Optional<EngineObstacle> obstacle(LibtorchChoice libtorch, NvidiaDriver driver) {
    int wanted = Integer.parseInt(libtorch.flavor().substring(2, 4));
    if (driver.cudaVersion() / 1000 < wanted) {
      return obstacleOf(
          String.format(
              Locale.ROOT,
              "The NVIDIA driver supports CUDA %d.%d, and %s needs %d.0",
              driver.cudaVersion() / 1000,
              driver.cudaVersion() % 1000 / 10,
              libtorch,
              wanted),
          NEW_DRIVER + OR_CPU);
    }
    if (driver.error() != 0) {
      return obstacleOf(
          "The NVIDIA driver does not start; its error is " + driver.error(),
          "Run nvidia-smi, which says more. After an update of the driver, restart the machine.");
    }
    return driver.cards().isEmpty()
        ? obstacleOf(
            "The NVIDIA driver sees no card",
            "Unset CUDA_VISIBLE_DEVICES, or pass a card through to this container or virtual"
                + " machine.")
        : Optional.empty();
  }

  private static Optional<EngineObstacle> obstacle(
      LibtorchChoice libtorch, List<NvidiaDriver.Card> cards, Device device) {
    int last = cards.size() - 1;
    if (device.index() > last) {
      return obstacleOf(
          device + " was asked for, and the last card is " + Device.cuda(last),
          "Choose " + (last == 0 ? "cuda:0." : "one of cuda:0 to " + Device.cuda(last) + "."));
    }
    NvidiaDriver.Card card = cards.get(device.index());
    int lowest = libtorch.libtorch().lowestCapability();
    int highest = libtorch.libtorch().highestCapability();
    // Code for 8.6 runs on 8.9, but not on 9.0.
    return card.capability() < lowest || card.capability() / 10 > highest / 10
        ? obstacleOf(
            String.format(
                Locale.ROOT,
                "%s (%s) has compute capability %.1f, and %s is made for %.1f to %.1f",
                device,
                card.name(),
                card.capability() / 10.0,
                libtorch,
                lowest / 10.0,
                highest / 10.0),
            "Take the libtorch that fits the card from the table in docs/cuda.md" + OR_CPU)
        : Optional.empty();
  }

  private static Optional<EngineObstacle> obstacleOf(String found, String remedy) {
    return Optional.of(new EngineObstacle(found, remedy));
  }
}
