package dev.lora4j.core.tensor.djl;

import ai.djl.util.ClassLoaderUtils;
import dev.lora4j.core.tensor.TensorException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Where libtorches of the class path are unpacked, once for all processes of a user.
 *
 * <p>Each file is complete from the moment it has its name, so several processes may unpack at
 * once, and what a killed one left out is added by the next.
 */
final class LibtorchCache {
  private LibtorchCache() {}

  /** The folder with the files of {@code libtorch}, unpacked now if some are missing. */
  static Path unpacked(BundledLibtorch libtorch, Path cache) {
    Path folder = cache.resolve(libtorch.folderName());
    try {
      Files.createDirectories(folder);
      for (String library : libtorch.libraries()) {
        Path file = folder.resolve(library);
        if (!Files.exists(file)) {
          unpack(libtorch.resource(library), file);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new TensorException(
          "libtorch cannot be unpacked to "
              + folder
              + ": "
              + e.getMessage()
              + ". It takes 450 MB, with CUDA 4.1 GB; DJL_CACHE_DIR names another place.",
          e);
    }
  }

  private static void unpack(String resource, Path file) throws IOException {
    Path temporary = Files.createTempFile(file.getParent(), ".unpacking", ".tmp");
    try (InputStream in = ClassLoaderUtils.getContextClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException("the class path has no " + resource);
      }
      Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
