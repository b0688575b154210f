package dev.lora4j.server.library;

import dev.lora4j.core.format.reading.AdapterFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The look at one path that finds an adapter's files as they are now. Whatever a reader of the
 * adapter would open has to be a regular file that lies, without symbolic links, where the owner's
 * adapters may lie.
 */
final class AdapterExamination {
  private static final String CONFIG = "adapter_config.json";
  private static final List<String> TENSORS =
      List.of("adapter_model.safetensors", "adapters.safetensors");

  private final Territories territories;
  private final Tenant owner;
  private final List<AdapterFile.Part> parts = new ArrayList<>();
  private boolean foreign;

  private AdapterExamination(Territories territories, Tenant owner) {
    this.territories = territories;
    this.owner = owner;
  }

  /** The adapter at a path; none if there is no such, or it may not be used. */
  static Optional<AdapterFile> of(Territories territories, AdapterKey key, Path path) {
    try {
      Path real = path.toRealPath();
      if (!territories.allows(key.owner(), real)) {
        return Optional.empty();
      }
      AdapterExamination found = new AdapterExamination(territories, key.owner());
      boolean tensors = Files.isDirectory(real) ? found.folder(real) : found.file(real);
      return tensors && !found.foreign
          ? Optional.of(new AdapterFile(key, path, real, found.parts))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private boolean folder(Path folder) {
    List<String> models = AdapterFiles.models(folder);
    boolean tensors = models.isEmpty() ? one(folder, "") : true;
    for (String model : models) {
      tensors &= one(folder, model + "/");
    }
    return tensors;
  }

  private boolean one(Path folder, String prefix) {
    add(folder, prefix + CONFIG);
    boolean tensors = false;
    for (String name : TENSORS) {
      tensors |= add(folder, prefix + name);
    }
    return tensors;
  }

  /** A file that is called as in PEFT's folders is read with the configuration next to it. */
  private boolean file(Path file) {
    Path folder = file.resolveSibling(".").normalize();
    String name = file.getFileName().toString();
    if (TENSORS.contains(name)) {
      add(folder, CONFIG);
    }
    return add(folder, name);
  }

  private boolean add(Path folder, String name) {
    Path path = folder.resolve(name);
    if (!Files.exists(path)) {
      return false;
    }
    try {
      Path real = path.toRealPath();
      Optional<FileStamp> stamp = FileStamp.of(real);
      if (stamp.isPresent() && territories.allows(owner, real)) {
        parts.add(new AdapterFile.Part(name, real, stamp.get()));
        return true;
      }
    } catch (IOException e) {
      // It went away in between, so the adapter is not whole.
    }
    foreign = true;
    return false;
  }
}
