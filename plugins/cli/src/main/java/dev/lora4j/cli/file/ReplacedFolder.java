package dev.lora4j.cli.file;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.safetensors.StagedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Folders of results that a later one replaces, as a file does: the earlier is lost at the end. */
public final class ReplacedFolder {
  private static final String ADAPTER = "adapter_config.json";

  private ReplacedFolder() {}

  /** Returns true if a folder is an adapter of PEFT: files alone, and its configuration. */
  public static boolean adapter(Path folder) {
    return files(folder) && Files.isRegularFile(folder.resolve(ADAPTER));
  }

  /** Returns true if a folder has files alone, at least one. */
  public static boolean files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    List<Path> inside = inside(folder);
    return !inside.isEmpty() && inside.stream().allMatch(Files::isRegularFile);
  }

  private static List<Path> inside(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    } catch (IOException e) {
      throw new Failure(folder + " cannot be looked at: " + ErrorExplanation.of(e), e);
    }
  }

  /**
   * Writes a folder in the place of one that has files alone, or of none. If that fails, the
   * earlier one is there again.
   *
   * @param writer writes it where nothing is
   */
  public static void write(Path folder, Runnable writer) {
    if (!files(folder)) {
      writer.run();
      return;
    }
    try (StagedFolder aside = StagedFolder.beside(folder)) {
      Path earlier = aside.path().resolve("earlier");
      Files.move(folder, earlier, StandardCopyOption.ATOMIC_MOVE);
      try {
        writer.run();
      } catch (RuntimeException | Error e) {
        Files.move(earlier, folder, StandardCopyOption.ATOMIC_MOVE);
        throw e;
      }
    } catch (IOException e) {
      throw new Failure(folder + " cannot be replaced: " + ErrorExplanation.of(e), e);
    }
  }
}
