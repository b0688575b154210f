package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.safetensors.SafetensorsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Adapters as they are while a run goes, each under the run's name and its step. */
public final class IntermediateAdapters implements RunLog.Kept {
  private static final String ENDING = ".safetensors";
  private static final Pattern STEP = Pattern.compile("-step([0-9]{8})$");

  private final Console console;
  private final Path folder;
  private final Path out;
  private final AdapterWriter layout;
  private final Family family;
  private final WriteOptions options;

  /**
   * @param run folder of the run, in which there is one for them
   * @param out where the last one goes
   * @param family the base that they are for
   */
  public IntermediateAdapters(
      Console console, Path run, Path out, String layout, Family family, WriteOptions options) {
    this.console = console;
    this.folder = folder(run);
    this.out = out;
    this.layout = AdapterWriters.named(layout);
    this.family = family;
    this.options = options;
  }

  /** Folder of the intermediate adapters. */
  static Path folder(Path run) {
    return run.resolve("adapters");
  }

  @Override
  public void begin(int after) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> there = Files.list(folder)) {
      for (Path one : there.filter(p -> step(p) > after).toList()) {
        delete(one);
      }
    } catch (IOException e) {
      console.note(
          "Adapters of an earlier run in "
              + folder
              + " cannot be removed: "
              + ErrorExplanation.of(e));
    }
  }

  /** The step of one of these adapters; 0 for anything else. */
  private int step(Path file) {
    String name = String.valueOf(file.getFileName());
    Matcher numbered = STEP.matcher(name.replace(ENDING, ""));
    return numbered.find() && name.equals(name(Integer.parseInt(numbered.group(1))))
        ? Integer.parseInt(numbered.group(1))
        : 0;
  }

  private static void delete(Path one) throws IOException {
    try (Stream<Path> all = Files.walk(one)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  @Override
  public Optional<Path> keep(int step, Adapter adapter) {
    Path file = folder.resolve(name(step));
    try {
      OutputFile.folder(folder);
      if (layout.folder() && Files.exists(file)) {
        delete(file); // the same, written before the run was resumed
      }
      AdapterOutput.write(adapter, family, layout, options, file);
      return Optional.of(file);
    } catch (IOException
        | Failure
        | AdapterException
        | SafetensorsException
        | UncheckedIOException e) {
      console.note(
          "The adapter of step " + step + " could not be written: " + ErrorExplanation.of(e));
      return Optional.empty();
    }
  }

  private String name(int step) {
    String name = String.valueOf(out.getFileName());
    boolean ends = name.endsWith(ENDING);
    String stem = ends ? name.substring(0, name.length() - ENDING.length()) : name;
    String numbered = String.format(Locale.ROOT, "%s-step%08d", stem, step);
    return ends ? numbered + ENDING : numbered;
  }
}
