package dev.lora4j.studio.run;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The newest state of a training from which it can go on, by its header alone.
 *
 * @param step after which it was written; 0 if there is none
 * @param steps of the whole training; 0 if that is not known
 */
record NewestCheckpoint(int step, int steps) {
  private static final Pattern NAME = Pattern.compile("step-(\\d{6,10})\\.safetensors");
  private static final String STEPS = "note.steps";

  /** The newest in a folder, which need not be there. */
  static NewestCheckpoint in(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      Optional<Path> newest =
          all.filter(file -> step(file) > 0).max(Comparator.comparing(NewestCheckpoint::step));
      return newest
          .map(file -> new NewestCheckpoint((int) step(file), steps(file)))
          .orElse(new NewestCheckpoint(0, 0));
    } catch (IOException e) {
      return new NewestCheckpoint(0, 0);
    }
  }

  private static long step(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches() ? Long.parseLong(name.group(1)) : 0;
  }

  private static int steps(Path file) {
    try (Safetensors opened = Safetensors.open(file)) {
      Map<String, String> notes = opened.metadata();
      return Integer.parseInt(notes.getOrDefault(STEPS, "0"));
    } catch (SafetensorsException | NumberFormatException e) {
      return 0; // it is damaged
    }
  }
}
