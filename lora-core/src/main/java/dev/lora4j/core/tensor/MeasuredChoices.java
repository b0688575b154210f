package dev.lora4j.core.tensor;

import dev.lora4j.core.tensor.runtime.Capabilities;
import dev.lora4j.core.tensor.runtime.Processor;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Measurements of this machine, made once, that decide how things are computed, so that a later run
 * does not decide otherwise: lines of a properties file.
 *
 * @param file need not exist; if it cannot be written, each process measures
 */
record MeasuredChoices(Path file) {
  /** Choices of this user. */
  static MeasuredChoices ofUser() {
    return new MeasuredChoices(AutoDType.home().resolve("compute.properties"));
  }

  /** Environment that choices hold for: device, threads and libraries of the computation. */
  static String place(Engine engine) {
    String device =
        engine.device().cuda()
            ? engine.devices().get(1 + engine.device().index()).name()
            : Processor.model() + ", " + engine.threads() + " threads";
    String less =
        Capabilities.requested().map(c -> ", " + Capabilities.VARIABLE + " " + c.word()).orElse("");
    return device + less + ", " + engine.version();
  }

  /**
   * The choice of this name, measured and written down if it is not known.
   *
   * @param parse empty for an invalid text; the choice is then measured and written again
   * @param text text of a choice
   */
  <T> T remembered(
      String name,
      Function<String, Optional<T>> parse,
      Function<T, String> text,
      Supplier<T> measure) {
    return known(name, parse)
        .orElseGet(
            () -> {
              T measured = measure.get();
              // Another process may have measured meanwhile; the first one counts.
              Optional<T> first = known(name, parse);
              if (first.isEmpty()) {
                Properties all = load();
                all.setProperty(name, text.apply(measured));
                save(all);
              }
              return first.orElse(measured);
            });
  }

  private <T> Optional<T> known(String name, Function<String, Optional<T>> parse) {
    return Optional.ofNullable(load().getProperty(name)).flatMap(parse);
  }

  private Properties load() {
    Properties known = new Properties();
    if (Files.isReadable(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        known.load(in);
      } catch (IOException | IllegalArgumentException e) {
        known.clear();
      }
    }
    return known;
  }

  private void save(Properties known) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Path temporary = Files.createTempFile(folder, ".compute", ".tmp");
      try {
        try (Writer out = Files.newBufferedWriter(temporary)) {
          known.store(out, "What was measured on this machine. Remove the file to measure anew.");
        }
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // A home that cannot be written only costs the measurement next time.
    }
  }
}
