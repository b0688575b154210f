package dev.lora4j.vision.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.cli.train.InputAdapters;
import dev.lora4j.cli.train.PlanOption;
import dev.lora4j.cli.train.RateOptions;
import dev.lora4j.cli.train.TrainingCourse;
import dev.lora4j.vision.VisionClasses;
import dev.lora4j.vision.data.ClassFolders;
import dev.lora4j.vision.data.ClassedPicture;
import dev.lora4j.vision.data.PictureDataException;
import dev.lora4j.vision.data.PicturePreparation;
import java.nio.file.Path;
import java.util.List;
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
  @Mixin private final RateOptions rates = new RateOptions();
  @Mixin private final PlanOption planned = new PlanOption();
  @Mixin private final VisionRunOptions output = new VisionRunOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    long began = System.nanoTime();
    boolean finding = rates.asked(spec);
    boolean planning = planned.asked(spec);
    output.require(how.frozen());
    how.require(spec, output.convention());
    if (finding) {
      how.steps().requireRate();
    } else {
      output.requireOutput();
    }
    InputAdapters.require(how.from(), Optional.empty(), output.place().out());
    options.outline();
    ClassFolders all = folders(data);
    try {
      all.requireSeveral();
    } catch (PictureDataException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
    how.from().ifPresent(file -> requireSame(file, all));
    options.requireFits(how.from().stream().toList(), all.labels().size());
    try (VisionModelOptions.Open open =
        options.open(console, all.labels(), how.steps().seed(), how.from().stream().toList())) {
      VisionTraining training = training(console, open, all, began);
      if (finding) {
        training.find(course(), rates.steps());
      } else {
        course().run(console, training);
      }
    }
    if (!json && !finding && !planning) {
      next(console);
    }
    return 0;
  }

  private TrainingCourse course() {
    return new TrainingCourse(spec, file, output.place(), planned, json);
  }

  private VisionTraining training(
      Console console, VisionModelOptions.Open open, ClassFolders all, long began) {
    ClassFolders learning = all.part(how.heldOut(), how.steps().seed(), false);
    ClassFolders scoring = all.part(how.heldOut(), how.steps().seed(), true);
    return new VisionTraining(
        console,
        open,
        how,
        output,
        how.recipe(spec, console, output.convention(), open.model()),
        new VisionTraining.Pictures(
            read(console, learning, open.preparation()),
            read(console, scoring, open.preparation())),
        new VisionTraining.Report(json, began));
  }

  private void next(Console console) {
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
                output.place().out().toString()));
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
}
