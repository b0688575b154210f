package dev.lora4j.vision.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ReplacedFolder;
import dev.lora4j.cli.train.LoggedTraining;
import dev.lora4j.cli.train.TrainingOutput;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.train.TrainedVision;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Options of what a training on pictures with classes writes, and of what is there of an earlier
 * one.
 */
final class VisionRunOptions {
  private static final String USUAL = "peft";

  /** The layout of one file, which holds heads without factors. */
  private static final String ALONE = "kohya";

  @Mixin private final TrainingOutput place = new TrainingOutput("vision train");

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description =
          "How the adapter is written (default: peft, a folder; kohya, a .safetensors file, for a"
              + " head alone).")
  private Optional<String> layout = Optional.empty();

  private boolean headAlone;

  /**
   * Refuses options that say two things.
   *
   * @param frozen whether the head alone is trained
   */
  void require(boolean frozen) {
    headAlone = frozen;
    place.require();
    writer();
  }

  /** Refuses a place that cannot be written, or has something of an earlier run. */
  void requireOutput() {
    place.requirePlace(writer());
    place.requireNothingLost();
  }

  private String layout() {
    return layout.orElse(headAlone ? ALONE : USUAL);
  }

  private AdapterWriter writer() {
    return Failure.usage(() -> AdapterWriters.named(layout()));
  }

  /** The tool whose form of methods the layout takes. */
  ToolConvention convention() {
    return writer().convention();
  }

  /** Where it is written. */
  TrainingOutput place() {
    return place;
  }

  /** Refuses an adapter that the layout has no form for. */
  void requireForm(AdapterPlan plan, VisionModel model) {
    try {
      plan.requireForm(writer(), model.family());
    } catch (AdapterException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** Trains, with a log in the folder of the run, and writes the adapter. */
  LoggedTraining<TrainedVision> train(
      Console console,
      VisionModel model,
      int perStep,
      Function<RunListener, TrainedVision> training) {
    TrainingOutput.Written kept = new TrainingOutput.Written(layout(), model.family(), model.use());
    LoggedTraining<TrainedVision> logged = place.train(console, "picture", perStep, kept, training);
    ReplacedFolder.write(place.out(), () -> logged.trained().save(place.out(), layout()));
    return logged;
  }
}
