package dev.lora4j.diffusion.dataset.archive;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Account of what was unpacked into a folder; written beside it, last of all.
 *
 * @param pictures number of pictures
 * @param files number of files, captions among them
 * @param bytes of all files
 * @param notes about the archive, to be read after its name
 */
record UnpackAccount(long pictures, long files, long bytes, List<String> notes) {
  private static final String NAME = "account.json";
  private static final Gson GSON = new Gson();

  UnpackAccount {
    notes = notes == null ? List.of() : List.copyOf(notes);
  }

  /** Counts what is in a folder. */
  static UnpackAccount of(Path folder, long pictures, Collection<String> notes) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      long[] sizes = all.mapToLong(file -> file.toFile().length()).toArray();
      long bytes = 0;
      for (long size : sizes) {
        bytes += size;
      }
      return new UnpackAccount(pictures, sizes.length, bytes, List.copyOf(notes));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Writes it beside the folder. */
  void write(Path folder) throws IOException {
    Files.writeString(folder.resolveSibling(NAME), GSON.toJson(this));
  }

  /** The account of a folder; empty if there is none, or if the folder is no longer as it says. */
  static Optional<UnpackAccount> of(Path folder) {
    try {
      String text = RegularFile.text(folder.resolveSibling(NAME), RegularFile.TEXT);
      UnpackAccount said = GSON.fromJson(text, UnpackAccount.class);
      return Optional.ofNullable(said)
          .filter(account -> Files.isDirectory(folder))
          .filter(account -> account.describes(folder));
    } catch (IOException | JsonParseException e) {
      return Optional.empty();
    }
  }

  private boolean describes(Path folder) {
    try {
      return equals(of(folder, pictures, notes));
    } catch (IOException e) {
      return false;
    }
  }
}
