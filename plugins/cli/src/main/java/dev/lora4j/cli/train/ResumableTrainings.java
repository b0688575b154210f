package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.identity.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Trainings of a quick start, which stay on disk until all that is made of them is there. */
public final class ResumableTrainings {
  /** Folder of the trainings, in the one that the quick start writes to. */
  static final String FOLDER = "trainings";

  private static final int DIGITS = 16;

  private final Path folder;
  private final Map<String, String> identity;

  private ResumableTrainings(Path folder, Map<String, String> identity) {
    this.folder = folder;
    this.identity = Map.copyOf(identity);
  }

  /**
   * Finds trainings of an earlier start; removes those of another identity, with a note.
   *
   * @param output the folder that the quick start writes to
   * @param identity identity of each training, the same for all
   * @param resume whether another identity is an error
   * @throws Failure if it is
   */
  public static ResumableTrainings of(
      Console console, Path output, Map<String, String> identity, boolean resume) {
    ResumableTrainings kept = new ResumableTrainings(output.resolve(FOLDER), identity);
    Set<String> changed = kept.changed();
    if (!changed.isEmpty()) {
      String others =
          "The trainings kept in " + kept.folder + " were others: " + String.join(", ", changed);
      if (resume) {
        throw new Failure(
            others
                + " changed. Change that back, or begin anew without --resume, which removes them.");
      }
      console.note(others + " changed. They are removed, and training begins anew.");
      kept.remove();
    }
    return kept;
  }

  private Set<String> changed() {
    Set<String> changed = new TreeSet<>();
    for (int number = 1; Files.isDirectory(place(number)); number++) {
      changed.addAll(ResumableTraining.keeping(place(number), identity).changed());
    }
    return changed;
  }

  /** The folder of a training. */
  private Path place(int number) {
    return folder.resolve(Integer.toString(number));
  }

  /**
   * One of them, to be run.
   *
   * @param number from 1
   * @param what it is called
   */
  public ResumableTraining training(
      Console console, int number, String what, int steps, TrainingLine line) {
    return new ResumableTraining(console, place(number), what, steps, line);
  }

  /** Values that the trainings depend on. */
  public Map<String, String> identity() {
    return identity;
  }

  /**
   * Runs the work that uses them, and then removes them.
   *
   * @throws CancellationException if that was stopped; the message says that they stay
   */
  public <T> T then(Supplier<T> work) {
    T result;
    try {
      result = work.get();
    } catch (CancellationException e) {
      CancellationException stopped =
          new CancellationException(
              "Stopped when all was trained. That is kept, and the same command goes on from"
                  + " there.");
      stopped.initCause(e);
      throw stopped;
    }
    remove();
    return result;
  }

  /** Removes what was written, and folders that are empty then: others may have files there. */
  private void remove() {
    try {
      int count = 0;
      while (Files.isDirectory(place(count + 1))) {
        count++;
      }
      for (int number = 1; number <= count; number++) {
        ResumableTraining.remove(place(number));
        removeEmpty(place(number));
      }
      removeEmpty(folder);
    } catch (IOException e) {
      throw new Failure(folder + " cannot be removed: " + ErrorExplanation.of(e), e);
    }
  }

  private static void removeEmpty(Path folder) throws IOException {
    String[] left = folder.toFile().list();
    if (left != null && left.length == 0) {
      Files.delete(folder);
    }
  }

  /**
   * A digest of all files in a folder, by name and content.
   *
   * @param except a folder in it, or elsewhere, whose files do not count
   */
  public static String digest(Path pictures, Path except) {
    MessageDigest digest = Digests.sha256();
    Path output = except.toAbsolutePath().normalize();
    try (Stream<Path> files = Files.walk(pictures)) {
      List<Path> all =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.toAbsolutePath().normalize().startsWith(output))
              .sorted()
              .toList();
      for (Path file : all) {
        String name = pictures.relativize(file) + "\0" + Files.size(file) + "\0";
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + pictures + ": " + ErrorExplanation.of(e), e);
    }
    return Digests.hex(digest).substring(0, DIGITS);
  }

  /** A digest of what settings are hashed by. */
  public static String digest(String canonical) {
    return Digests.hex(canonical.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }
}
