package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.ProcessMemory;
import dev.lora4j.cli.file.ReplacedFolder;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.diffusion.config.RecordedSettings;
import dev.lora4j.diffusion.config.ResolvedRun;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A prepared run from its first step, or its last checkpoint, to the adapter in its file. */
final class StyleRun {
  private static final String SETTINGS = "run.toml";

  private final Console console;
  private final PreparedRun run;
  private final List<String> model;
  private final Map<String, String> identity;
  private Optional<Trained> trained = Optional.empty();

  private record Trained(TrainedStyle style, RunLog log) {}

  /**
   * A run that reads and writes nothing before it trains.
   *
   * @param model words of a command line that choose the base
   * @param identity strings that a checkpoint must have for the run to go on from it
   */
  StyleRun(Console console, PreparedRun run, List<String> model, Map<String, String> identity) {
    this.console = console;
    this.run = run;
    this.model = List.copyOf(model);
    this.identity = Map.copyOf(identity);
  }

  /** Where the checkpoints of a run are. */
  static Path checkpoints(RunSettings settings) {
    return settings.folder().resolve("checkpoints");
  }

  /**
   * Trains and writes the adapter.
   *
   * @param trainer with all but the checkpoints
   * @param old what is there of earlier runs
   */
  void train(StyleTrainer trainer, PreviousRun old, boolean resume, boolean overwrite) {
    RunSettings settings = run.settings();
    Path folder = settings.folder();
    if (!overwrite) {
      old.refuse(resume);
    }
    if (!resume) {
      old.remove();
    }
    CheckpointPolicy keeping = keeping(resume);
    requireSame(settings, keeping);
    requireRoom(folder, run);
    keepSettings(folder, settings);
    PreviewSheets previews =
        new PreviewSheets(
            run.model().sd(),
            run.previews(),
            run.active().filter(a -> a.asked().previews()).map(ActiveAdapter::adapter),
            run.style().clipSkip(),
            folder.resolve("previews"));
    int perStep = run.batch() * run.style().accumulate();
    LoggedRun logged = LoggedRun.of(settings, perStep);
    IntermediateAdapters kept =
        new IntermediateAdapters(
            console,
            folder,
            settings.out(),
            settings.layout(),
            run.model().sd().family(),
            WriteOptions.EXACT);
    RunLog log = new RunLog(console, logged, previews::make, kept);
    TrainedStyle style;
    try (log) {
      style = log.run(trainer.keeping(keeping)::run);
    }
    save(style, settings);
    trained = Optional.of(new Trained(style, log));
  }

  private static void save(TrainedStyle style, RunSettings settings) {
    try {
      ReplacedFolder.write(settings.out(), () -> style.save(settings.out(), settings.layout()));
    } catch (AdapterException e) {
      throw new Failure(
          e.getMessage()
              + " What was trained is in the last checkpoint: the same command with --resume, and"
              + " with --dtype bf16 or f32 if values are too large, writes it.",
          e);
    }
  }

  /** Refuses, before the first step, a folder without room for the checkpoints. */
  private static void requireRoom(Path folder, PreparedRun run) {
    // Weights, average and the optimiser's moments, for each stored checkpoint, a new one and the
    // best.
    long moments =
        run.style().training().optimizer(run.plan()).bytes(run.plan().shapes().values(), DType.F32);
    long each = 2 * DType.F32.bytes(run.plan().elements()) + moments;
    long needed = each * (run.settings().saving().keep() + 2);
    needed += run.settings().stateMapped() ? moments : 0;
    int every = run.saving().adapterEvery().orElse(Integer.MAX_VALUE);
    needed += run.style().stored().bytes(run.plan().elements()) * (run.style().steps() / every);
    long free = folder.toFile().getUsableSpace();
    if (free < needed) {
      throw new Failure(
          String.format(
              Locale.ROOT,
              "Checkpoints and adapters on the way need %.1f GB in %s, and %.1f GB are free. Make"
                  + " room, or set save.keep lower, or save.adapters higher.",
              needed / 1e9,
              folder,
              free / 1e9));
    }
  }

  private CheckpointPolicy keeping(boolean resume) {
    RunSettings.Saving saving = run.saving();
    CheckpointPolicy policy =
        CheckpointPolicy.NOTHING
            .in(checkpoints(run.settings()))
            .every(saving.every())
            .keep(saving.keep())
            .resume(resume)
            .identity(identity)
            .validateEvery(saving.validateEvery())
            .keepBest(saving.keepBest())
            .mapped(run.settings().stateMapped())
            .previewEvery(run.previews().every());
    return saving.adapterEvery().isPresent()
        ? policy.adapterEvery(saving.adapterEvery().getAsInt())
        : policy;
  }

  /** Requires equal settings; a refused run keeps its recorded ones. */
  private static void requireSame(RunSettings settings, CheckpointPolicy keeping) {
    Set<String> changed = keeping.changed();
    if (changed.isEmpty()) {
      return;
    }
    Path begun = settings.folder().resolve(SETTINGS);
    List<String> keys = RecordedSettings.differences(begun, settings.values());
    throw new Failure(
        "The run in "
            + settings.folder()
            + " cannot be gone on with, as these have changed: "
            + String.join("; ", changed)
            + (keys.isEmpty() ? "" : ". Unlike in its " + SETTINGS + ", " + String.join("; ", keys))
            + ". Change it back, or train anew without --resume.");
  }

  private static void keepSettings(Path folder, RunSettings settings) {
    try {
      AtomicFile.write(folder.resolve(SETTINGS), ResolvedRun.toml(settings.values()));
    } catch (IOException e) {
      throw new Failure(
          "The settings cannot be kept in " + folder + ": " + ErrorExplanation.of(e), e);
    }
  }

  /** The adapter that was trained. */
  Adapter adapter() {
    return trained.orElseThrow().style().adapter();
  }

  /**
   * Reports what was trained.
   *
   * @param start when the command began
   */
  void report(long start, boolean json) {
    double seconds = (System.nanoTime() - start) / 1e9;
    Adapter adapter = trained.orElseThrow().style().adapter();
    RunLog log = trained.orElseThrow().log();
    Path out = run.settings().out();
    Path chart = run.settings().folder().resolve(ChartTracker.FILE);
    double[] smooth =
        LossChart.smooth(log.losses().losses().stream().mapToDouble(d -> d).toArray());
    // A finished run whose table is gone has no losses to report.
    double first = smooth.length == 0 ? Double.NaN : smooth[0];
    double last = smooth.length == 0 ? Double.NaN : smooth[smooth.length - 1];
    log.pace().tellSkipped(console, run.style().steps());
    long stored = Provenance.greatestRank(adapter);
    if (json) {
      Json told =
          new Json()
              .put("adapter", out.toString())
              .put("identity", adapter.identity())
              .put("layers", adapter.sites().size())
              .put("rank", run.style().recipe().rank())
              .put("rankInFile", stored)
              .put("trained", run.plan().elements())
              .put("steps", run.style().steps())
              .put("firstLoss", first)
              .put("lastLoss", last)
              .put("chart", chart.toString())
              .put("run", run.settings().folder().toString())
              .put("seconds", seconds);
      ProcessMemory.peak().ifPresent(bytes -> told.put("peakMemory", bytes));
      PreferredShare.put(told, log.untrained(), log.heldOut());
      console.print(told.toString());
      return;
    }
    console.print(
        out
            + "  "
            + adapter.sites().size()
            + " layers of rank "
            + run.style().recipe().rank()
            + (run.style().recipe().calibrates() ? " on average" : "")
            + (stored > run.style().recipe().rank() ? " (up to " + stored + " in the file)" : "")
            + ", identity "
            + adapter.identity());
    console.print(
        (Files.exists(chart) ? chart + "  " : "")
            + (smooth.length == 0
                ? "no losses are kept of the steps that were taken before"
                : String.format(Locale.ROOT, "loss from %.4f to %.4f", first, last)));
    PreferredShare.of(log.untrained(), log.heldOut())
        .ifPresent(share -> console.print(share.line("picture")));
    ProcessMemory.peak()
        .ifPresent(
            b -> console.note(String.format(Locale.ROOT, "At most %.1f GB of memory.", b / 1e9)));
    console.note("Done in " + Durations.text(seconds) + ". To see it:");
    List<String> words =
        new ArrayList<>(List.of("generate", "YOUR PROMPT", "--lora", out.toString()));
    words.addAll(model);
    int left = run.style().clipSkip();
    words.addAll(left > 0 ? List.of("--clip-skip", Integer.toString(left)) : List.of());
    console.note("  " + Invocation.of(words.toArray(String[]::new)));
    Path onTheWay = IntermediateAdapters.folder(run.settings().folder());
    if (Files.isDirectory(onTheWay)) {
      console.note("Adapters on the way are in " + onTheWay + ".");
    }
    if (Files.isDirectory(run.settings().folder().resolve("previews"))) {
      console.note(
          "Pictures on the way are in " + run.settings().folder().resolve("previews") + ".");
    }
  }
}
