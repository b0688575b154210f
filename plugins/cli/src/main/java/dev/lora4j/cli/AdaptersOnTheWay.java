package dev.lora4j.cli;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.safetensors.SafetensorsException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Adapters as they are while a run goes, each under the run's name and its step. */
final class AdaptersOnTheWay implements RunLog.Kept {
  private static final String ENDING = ".safetensors";

  private final Console console;
  private final Path folder;
  private final Path out;
  private final AdapterWriter layout;
  private final Family family;

  /**
   * @param folder for them
   * @param out where the last one goes
   */
  AdaptersOnTheWay(Console console, Path folder, Path out, String layout, Family family) {
    this.console = console;
    this.folder = folder;
    this.out = out;
    this.layout = AdapterWriters.named(layout);
    this.family = family;
  }

  @Override
  public void keep(int step, Adapter adapter) {
    Path file = file(step);
    if (layout.folder() && Files.exists(file)) {
      // A run that was gone on with comes to the same step again, and to the same bits.
      return;
    }
    try {
      OutputFile.folder(folder);
      AdapterOutput.write(adapter, family, layout, WriteOptions.EXACT, file);
    } catch (Failure | AdapterException | SafetensorsException | UncheckedIOException e) {
      console.note(
          "The adapter of step "
              + step
              + " could not be written: "
              + e.getMessage()
              + " Training goes on.");
    }
  }

  private Path file(int step) {
    String name = String.valueOf(out.getFileName());
    boolean ends = name.endsWith(ENDING);
    String stem = ends ? name.substring(0, name.length() - ENDING.length()) : name;
    String numbered = String.format(Locale.ROOT, "%s-step%08d", stem, step);
    return folder.resolve(ends ? numbered + ENDING : numbered);
  }
}
