package dev.lora4j.text.pipeline;

import dev.lora4j.core.identity.Digests;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;

/** Files of adapters that are reward models: their head has one label. */
public final class RewardAdapters {
  private RewardAdapters() {}

  /**
   * Refuses a file or folder that is none, before a base is loaded.
   *
   * @throws IllegalArgumentException if it is not there, has no head, or one for several classes
   * @throws dev.lora4j.core.safetensors.SafetensorsException if the file is damaged
   */
  public static void require(Path adapter) {
    if (!Files.exists(adapter)) {
      throw new IllegalArgumentException(
          "There is no reward model at "
              + adapter
              + ". Train one by text align reward, or give the folder of one.");
    }
    List<String> labels = AdapterClasses.of(adapter);
    if (labels.isEmpty()) {
      throw new IllegalArgumentException(
          adapter
              + " is no reward model: expected an adapter with a head of one number (score), found"
              + " none with a head. Train one by text align reward.");
    } else if (labels.size() > 1) {
      throw new IllegalArgumentException(
          adapter
              + " is no reward model: its head tells "
              + labels.size()
              + " classes apart ("
              + String.join(", ", labels)
              + "), and that of a reward model gives one number. Train one by text align reward.");
    }
  }

  /**
   * Digest of the bytes of an adapter: its file, or the tensors and the configuration in its
   * folder.
   *
   * @throws UncheckedIOException if they cannot be read
   */
  public static String digest(Path adapter) {
    MessageDigest digest = Digests.sha256();
    try (Stream<Path> inside =
        Files.isDirectory(adapter) ? Files.list(adapter) : Stream.of(adapter)) {
      for (Path file : inside.filter(RewardAdapters::counts).sorted().toList()) {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + adapter + ": " + e.getMessage(), e);
    }
    return Digests.hex(digest);
  }

  private static boolean counts(Path file) {
    String name = String.valueOf(file.getFileName());
    return Files.isRegularFile(file) && (name.endsWith(".safetensors") || name.endsWith(".json"));
  }
}
