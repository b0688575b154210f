package dev.lora4j.vision.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.ProcessMemory;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.cli.train.InputAdapters;
import dev.lora4j.cli.train.LossChart;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.vision.VisionClasses;
import dev.lora4j.vision.data.ClassFolders;
import dev.lora4j.vision.data.ClassedPicture;
import dev.lora4j.vision.data.PictureDataException;
import dev.lora4j.vision.data.PicturePreparation;
import dev.lora4j.vision.train.VisionTrainer;
import dev.lora4j.vision.train.VisionTrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command that trains an adapter of a ResNet. */
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    defaultValueProvider = VisionDefaults.class,
    description = {
      "Train an adapter of a ResNet with a head for your classes.",
      "The data are a folder with a folder of pictures for each class. Batch norms keep their"
          + " statistics, so that what is trained is what is used.",
      "A word that ends with .toml is a run file, whose keys are the options below; PATH.run/run.toml"
          + " has those of a run."
    })
final class VisionTrain implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final RunFileOption file = new RunFileOption();
  @Mixin private final VisionModelOptions options = new VisionModelOptions();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder with a folder of pictures for each class.")
  private Path data = Path.of("");

  @Mixin private final VisionTrainingOptions how = new VisionTrainingOptions();
  @Mixin private final VisionRunOptions output = new VisionRunOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    long began = System.nanoTime();
    output.require(how.frozen());
    how.require(spec, output.convention());
    InputAdapters.require(how.from(), Optional.empty(), output.out());
    options.outline();
    ClassFolders all = folders(data);
    try {
      all.requireSeveral();
    } catch (PictureDataException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
    how.from().ifPresent(file -> requireSame(file, all));
    options.requireFits(how.from().stream().toList(), all.labels().size());
    ClassFolders learning = all.part(how.heldOut(), how.steps().seed(), false);
    ClassFolders scoring = all.part(how.heldOut(), how.steps().seed(), true);
    try (VisionModelOptions.Open open =
        options.open(console, all.labels(), how.steps().seed(), how.from().stream().toList())) {
      List<ClassedPicture> learned = read(console, learning, open.preparation());
      List<ClassedPicture> heldOut = read(console, scoring, open.preparation());
      int count = how.steps().count(learned.size(), 1);
      VisionTrainingSettings settings =
          how.settings(how.recipe(spec, console, output.convention(), open.model()), count)
              .with(open.preparation());
      VisionTrainer trainer =
          VisionTrainer.on(open.model(), settings)
              .pictures(learned, heldOut)
              .keeping(how.steps().keeping(output.checkpoints(), output.resume()))
              .name(output.name());
      AdapterPlan plan = trainer.plan();
      console.note(
          String.format(
              Locale.ROOT,
              "%d pictures of %d classes; %d held out.",
              learned.size(),
              all.labels().size(),
              heldOut.size()));
      console.note(
          String.format(
              Locale.ROOT,
              "%s on %d layers, %,d numbers; %d steps of %d pictures.",
              how.what(),
              plan.sites().size(),
              plan.elements(),
              count,
              how.steps().perStep()));
      try (LockedFolder claim = output.begin(plan, open.model())) {
        file.keep(output.folder());
        VisionRunOptions.Finished finished =
            output.train(console, open.model(), how.steps().perStep(), trainer::run);
        MixPlan mix = MixPlan.of(finished.trained().adapter(), 1);
        Optional<VisionScores> scores =
            heldOut.isEmpty()
                ? Optional.empty()
                : Optional.of(VisionScores.of(console, "held-out", open, heldOut, mix));
        tell(console, finished, plan, count, began, scores);
      }
    }
    if (!json) {
      console.note("To use it:");
      console.note(
          "  "
              + Invocation.of(
                  "vision",
                  "classify",
                  "PICTURE",
                  "--base",
                  options.base().toString(),
                  "--lora",
                  output.out().toString()));
    }
    return 0;
  }

  /** Lists a folder of classes. */
  static ClassFolders folders(Path data) {
    try {
      return ClassFolders.of(ExistingPath.folder(data));
    } catch (PictureDataException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** Reads the pictures, with a line of progress. */
  static List<ClassedPicture> read(Console console, ClassFolders folders, PicturePreparation how) {
    try (Progress progress = console.progress("reading", folders.count(), "picture")) {
      return folders.read(how, done -> progress.done(done, ""));
    } catch (PictureDataException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  private static void requireSame(Path from, ClassFolders all) {
    List<String> before = VisionClasses.of(from);
    if (!before.isEmpty() && !before.equals(all.labels())) {
      throw new Failure(
          from
              + " has a head for "
              + String.join(", ", before)
              + ", and the data have "
              + String.join(", ", all.labels())
              + ". An adapter is trained further on the same classes.");
    }
  }

  private void tell(
      Console console,
      VisionRunOptions.Finished finished,
      AdapterPlan plan,
      int steps,
      long began,
      Optional<VisionScores> scores) {
    double seconds = (System.nanoTime() - began) / 1e9;
    double[] smooth =
        LossChart.smooth(finished.losses().stream().mapToDouble(loss -> loss).toArray());
    double first = smooth.length == 0 ? Double.NaN : smooth[0];
    double last = smooth.length == 0 ? Double.NaN : smooth[smooth.length - 1];
    String identity = finished.trained().adapter().identity();
    if (json) {
      Json told =
          new Json()
              .put("adapter", output.out().toString())
              .put("identity", identity)
              .put("layers", plan.sites().size())
              .put("trained", plan.elements())
              .put("steps", steps)
              .put("firstLoss", first)
              .put("lastLoss", last)
              .put("run", output.folder().toString())
              .put("seconds", seconds);
      ProcessMemory.peak().ifPresent(bytes -> told.put("peakMemory", bytes));
      scores.ifPresent(s -> told.put("heldOut", s.json().fields()));
      console.print(told.toString());
      return;
    }
    console.print(
        String.format(
            Locale.ROOT,
            "%s  %d layers, loss from %.4f to %.4f, identity %s",
            output.out(),
            plan.sites().size(),
            first,
            last,
            identity));
    scores.ifPresent(
        s -> {
          console.print(s.line("held out"));
          console.print(s.table());
        });
    console.note("Done in " + Durations.text(seconds) + ".");
  }
}
