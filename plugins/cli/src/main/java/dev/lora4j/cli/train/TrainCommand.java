package dev.lora4j.cli.train;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.ProcessMemory;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.config.RecordedSettings;
import dev.lora4j.diffusion.config.ResolvedRun;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import dev.lora4j.spi.Extension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a style adapter, or makes a base. */
@Extension(
    point = Command.class,
    name = "train",
    help = "Train a style adapter from a folder of pictures, by options or a run file.")
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    description = {
      "Train a style adapter from a folder of pictures, by options or a run file.",
      "A run file with kind = \"base\" makes a base model from random weights instead, as"
          + " plugins/emoji-sd/base.toml does (docs/emoji-sd.md); with such a file settings are"
          + " changed by --set alone, and the same command goes on where an earlier one stopped."
    })
public final class TrainCommand implements Command {
  private static final int MOST_WARNINGS = 8;
  private static final String CHECKPOINTS = "checkpoints";
  private static final String SETTINGS = "run.toml";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final RunOptions options = new RunOptions();

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint in FILE.run; begin anew if there is none.")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description =
          "Begin anew where there is an earlier run with this --output or its adapter, and lose it.")
  private boolean overwrite;

  @Option(
      names = "--find-rate",
      description =
          "Train nothing; try five learning rates around --lr for a few steps each, then half and"
              + " twice the alpha, and say which does best.")
  private boolean findRate;

  @Option(
      names = "--find-steps",
      paramLabel = "N",
      description = "Steps of each trial of --find-rate (default: ${DEFAULT-VALUE}).",
      defaultValue = "40")
  private int findSteps;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    Optional<BaseRun> base = options.base();
    if (base.isPresent()) {
      new BaseTrainingRun(console, base.get(), json).run(options.model.where, overwrite);
      return 0;
    }
    long start = System.nanoTime();
    RunSettings settings = options.settings(console);
    settings.from().ifPresent(file -> FurtherTraining.requireOther(file, settings.out()));
    if (findRate) {
      find(console, settings);
      return 0;
    }
    UnusedOptions.refuseWithout(spec, List.of("--find-steps"), "--find-rate");
    PreviousRun old = old(settings);
    if (!overwrite) {
      old.refuse(resume);
    }
    try (PreparedRun run = PreparedRun.of(console, settings, options.model, true)) {
      ResolvedRun.chosen(run.settings().values()).forEach(console::note);
      PlanReport report = new PlanReport(run);
      report.summary().forEach(console::note);
      List<String> warnings = report.warnings();
      warnings.stream().limit(MOST_WARNINGS).forEach(console::note);
      if (warnings.size() > MOST_WARNINGS) {
        console.note(
            "And " + (warnings.size() - MOST_WARNINGS) + " more of that kind; plan shows all.");
      }
      try (LockedFolder claim = LockedFolder.of(run.settings().folder())) {
        train(console, run, old, start);
      }
    }
    return 0;
  }

  /** Tries rates; what an earlier run left stays as it is. */
  @SuppressWarnings("try") // the claim is only held
  private void find(Console console, RunSettings settings) {
    UnusedOptions.refuse(
        spec, List.of("--resume", "--overwrite"), "--find-rate, which trains nothing to the end");
    if (findSteps < 1) {
      throw Failure.usage("--find-steps is at least 1, found " + findSteps + ".");
    }
    RateFinding.require(settings.style().optimizer());
    try (PreparedRun run = PreparedRun.of(console, settings, options.model, true);
        LockedFolder claim = LockedFolder.of(settings.folder())) {
      RateFinding finding = new RateFinding(console, run, findSteps);
      finding.find(trainer(run, CheckpointPolicy.NOTHING), json);
    }
  }

  private static PreviousRun old(RunSettings settings) {
    return new PreviousRun(
        settings.out(),
        settings.folder().resolve(CHECKPOINTS),
        "--set adapter.warm_start=" + settings.out());
  }

  private void train(Console console, PreparedRun run, PreviousRun old, long start) {
    RunSettings settings = run.settings();
    Path folder = settings.folder();
    if (!overwrite) {
      old.refuse(resume);
    }
    if (!resume) {
      old.remove();
    }
    CheckpointPolicy keeping = keeping(run);
    requireSame(settings, keeping);
    requireRoom(folder, run);
    keepSettings(folder, settings);
    PreviewSheets previews =
        new PreviewSheets(
            run.model().sd(), run.previews(), run.style().clipSkip(), folder.resolve("previews"));
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
      style = log.run(trainer(run, keeping)::run);
    }
    save(style, settings);
    report(console, run, style, log, (System.nanoTime() - start) / 1e9);
  }

  private static void save(TrainedStyle style, RunSettings settings) {
    try {
      style.save(settings.out(), settings.layout());
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

  private CheckpointPolicy keeping(PreparedRun run) {
    RunSettings.Saving saving = run.saving();
    CheckpointPolicy policy =
        CheckpointPolicy.NOTHING
            .in(run.settings().folder().resolve(CHECKPOINTS))
            .every(saving.every())
            .keep(saving.keep())
            .resume(resume)
            .identity(RunIdentity.of(run))
            .validateEvery(saving.validateEvery())
            .keepBest(saving.keepBest())
            .mapped(run.settings().stateMapped())
            .previewEvery(run.previews().every());
    return saving.adapterEvery().isPresent()
        ? policy.adapterEvery(saving.adapterEvery().getAsInt())
        : policy;
  }

  private static StyleTrainer trainer(PreparedRun run, CheckpointPolicy keeping) {
    RunSettings settings = run.settings();
    return StyleTrainer.on(run.model().sd())
        .data(run.data())
        .settings(run.style())
        .keeping(keeping)
        .name(settings.name())
        .metadata(metadata(settings));
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

  private static Map<String, String> metadata(RunSettings settings) {
    Map<String, String> metadata = new TreeMap<>(settings.values().about());
    if (!settings.values().triggers().isEmpty()) {
      String words = String.join(", ", settings.values().triggers());
      metadata.put(ModelSpecKeys.TRIGGER_PHRASE.name(), words);
    }
    settings.values().comment().ifPresent(c -> metadata.put(KohyaKeys.COMMENT.name(), c));
    return metadata;
  }

  private void report(
      Console console, PreparedRun run, TrainedStyle style, RunLog log, double seconds) {
    Adapter adapter = style.adapter();
    Path out = run.settings().out();
    Path chart = run.settings().folder().resolve(ChartTracker.FILE);
    double[] smooth =
        LossChart.smooth(log.losses().losses().stream().mapToDouble(d -> d).toArray());
    // A finished run whose table is gone has no losses to report.
    double first = smooth.length == 0 ? Double.NaN : smooth[0];
    double last = smooth.length == 0 ? Double.NaN : smooth[smooth.length - 1];
    log.pace().tellSkipped(console, run.style().steps());
    if (json) {
      Json told =
          new Json()
              .put("adapter", out.toString())
              .put("identity", adapter.identity())
              .put("layers", adapter.sites().size())
              .put("rank", run.style().recipe().rank())
              .put("trained", run.plan().elements())
              .put("steps", run.style().steps())
              .put("firstLoss", first)
              .put("lastLoss", last)
              .put("chart", chart.toString())
              .put("run", run.settings().folder().toString())
              .put("seconds", seconds);
      ProcessMemory.peak().ifPresent(bytes -> told.put("peakMemory", bytes));
      console.print(told.toString());
      return;
    }
    console.print(
        out
            + "  "
            + adapter.sites().size()
            + " layers of rank "
            + run.style().recipe().rank()
            + ", identity "
            + adapter.identity());
    console.print(
        (Files.exists(chart) ? chart + "  " : "")
            + (smooth.length == 0
                ? "no losses are kept of the steps that were taken before"
                : String.format(Locale.ROOT, "loss from %.4f to %.4f", first, last)));
    ProcessMemory.peak()
        .ifPresent(
            b -> console.note(String.format(Locale.ROOT, "At most %.1f GB of memory.", b / 1e9)));
    console.note("Done in " + Durations.text(seconds) + ". To see it:");
    List<String> words =
        new ArrayList<>(List.of("generate", "YOUR PROMPT", "--lora", out.toString()));
    words.addAll(options.model.words());
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
