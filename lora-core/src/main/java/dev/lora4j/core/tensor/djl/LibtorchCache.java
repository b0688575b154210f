package dev.lora4j.core.tensor.djl;

import ai.djl.util.ClassLoaderUtils;
import dev.lora4j.core.tensor.TensorException;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;

/**
 * Cache of libtorches unpacked from the class path, once for all processes of a user.
 *
 * <p>Each file is complete from the moment it has its name, so several processes may unpack at
 * once, and the next process adds what a killed one left out.
 */
final class LibtorchCache {
  private static final String UNPACKING = ".unpacking";
  private static final String ENDING = ".tmp";

  /** Age at which a temporary folder is abandoned. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private LibtorchCache() {}

  /** The folder with the files of {@code libtorch}, unpacked now if some are missing. */
  static Path unpacked(BundledLibtorch libtorch, Path cache) {
    Path folder = cache.resolve(libtorch.folderName());
    try {
      Files.createDirectories(folder);
      removeAbandoned(folder);
      for (String library : libtorch.libraries()) {
        Path file = folder.resolve(library);
        // A file of no bytes is one that a failing disk or power has taken the content of.
        if (!Files.exists(file) || Files.size(file) == 0) {
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
    Path temporary = Files.createTempFile(file.getParent(), UNPACKING, ENDING);
    try (InputStream in = ClassLoaderUtils.getContextClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException("the class path has no " + resource);
      }
      try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
        in.transferTo(out);
        // Without this, the name could be on the disk before the content is.
        out.getFD().sync();
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Removes files of killed processes, which may be half a gigabyte each. */
  private static void removeAbandoned(Path folder) throws IOException {
    Instant limit = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, UNPACKING + "*" + ENDING)) {
      for (Path file : left) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      // Another process was faster.
    }
  }
}
