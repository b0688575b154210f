package dev.lora4j.core.tensor.djl;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The libtorch to load: one of a folder that the user names, or one of the class path.
 *
 * @param libtorch its version, with all that depends on it
 * @param flavor what it was built for
 * @param folder the user's folder
 * @param bundled the one of the class path, if there is no folder
 * @param passedOver the one for cards that the class path has too, if no card can be used with it
 */
record LibtorchChoice(
    SupportedLibtorch libtorch,
    String flavor,
    Optional<Path> folder,
    Optional<BundledLibtorch> bundled,
    Optional<LibtorchChoice> passedOver) {

  static LibtorchChoice of(SupportedLibtorch libtorch, LibtorchFolder folder) {
    return new LibtorchChoice(
        libtorch,
        folder.flavorFor(libtorch),
        Optional.of(folder.path()),
        Optional.empty(),
        Optional.empty());
  }

  static LibtorchChoice of(SupportedLibtorch libtorch, BundledLibtorch bundled) {
    return new LibtorchChoice(
        libtorch, bundled.flavor(), Optional.empty(), Optional.of(bundled), Optional.empty());
  }

  LibtorchChoice insteadOf(LibtorchChoice other) {
    return new LibtorchChoice(libtorch, flavor, folder, bundled, Optional.of(other));
  }

  /** Returns true if it can compute on a card. */
  boolean cuda() {
    return flavor.startsWith("cu");
  }

  @Override
  public String toString() {
    return "libtorch " + libtorch.version() + " " + flavor;
  }
}
