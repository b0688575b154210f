package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.file.ReplacedFolder;
import dev.lora4j.cli.train.TrainingOutput;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.text.model.MergedTextModel;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.train.TrainedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of what a training on texts writes, and of what is there of an earlier one. */
public final class TextRunOptions {
  @Mixin private final TrainingOutput place;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description =
          "How the adapter is written (default: ${DEFAULT-VALUE}, a folder); transformers writes"
              + " the whole model with the adapter in its weights.",
      defaultValue = "peft")
  private String layout = "peft";

  /** Options of {@code text train}. */
  public TextRunOptions() {
    this("text train");
  }

  /**
   * Options of a command.
   *
   * @param command its words, which train an adapter further
   */
  public TextRunOptions(String command) {
    this.place = new TrainingOutput(command);
  }

  /** Refuses options that say two things. */
  public void require() {
    place.require();
    writer();
  }

  /** Where it is written. */
  public TrainingOutput place() {
    return place;
  }

  String layout() {
    return layout;
  }

  private boolean whole() {
    return layout.equals(TextMerge.LAYOUT);
  }

  private Optional<AdapterWriter> writer() {
    return whole()
        ? Optional.empty()
        : Optional.of(Failure.usage(() -> AdapterWriters.named(layout)));
  }

  /** The tool whose form of methods the layout takes. */
  public ToolConvention convention() {
    return writer().map(AdapterWriter::convention).orElse(ToolConvention.LYCORIS);
  }

  /** Refuses a place that cannot be written, or has something of an earlier run. */
  public void requireOutput() {
    writer().ifPresentOrElse(place::requirePlace, this::requireFolder);
    place.requireNothingLost();
  }

  /** A whole model that an earlier run wrote may be lost, as a file may. */
  private void requireFolder() {
    place.requireFolder(ReplacedFolder.files(place.out()) && place.earlier().run());
  }

  /** Refuses an adapter that the layout has no form for. */
  public void requireForm(AdapterPlan plan, TextModel base) {
    List<Site> beside = plan.unmergeable();
    if (whole() && !beside.isEmpty()) {
      throw new Failure(
          "--layout transformers writes adapters in the model's weights, and no weight has what "
              + plan.recipe().method().name()
              + " learns at "
              + beside.get(0).name()
              + ", as it depends on the layer's input. Write the adapter: --layout peft.");
    }
    if (!whole()) {
      try {
        plan.requireForm(AdapterWriters.named(layout), base.family());
      } catch (AdapterException e) {
        String model = beside.isEmpty() ? " Or write the whole model: --layout transformers." : "";
        throw new Failure(e.getMessage() + model, e);
      }
    }
  }

  /** Trains, with a log in the folder of the run. */
  TrainedTextReport train(
      Console console, TextTrainingWork work, TextModel base, int count, int perStep) {
    // A whole model is written of what is finished alone.
    TrainingOutput.Written kept =
        new TrainingOutput.Written(whole() ? "peft" : layout, base.family(), base.use());
    return new TrainedTextReport(
        place.train(console, "text", perStep, kept, work.training()), work, count, place);
  }

  /** Writes the adapter, or the model with it in its weights. */
  void save(TrainedText trained, TextModel base, List<String> labels) {
    Path out = place.out();
    if (!whole()) {
      ReplacedFolder.write(out, () -> trained.save(out, layout));
      return;
    }
    MixPlan mix = MixPlan.of(trained.adapter(), 1);
    ReplacedFolder.write(out, () -> MergedTextModel.write(base, labels, mix, base.compute(), out));
  }

  /**
   * Says how to use what was written.
   *
   * @param what that does
   * @param command words of the command without model and adapter
   */
  void next(Console console, String what, List<String> command, TextModelOptions model) {
    next(console, what, command, model.base.stream());
  }

  /**
   * Says how to use what was written.
   *
   * @param what that does
   * @param command words of the command without model and adapter
   * @param base folder of the model that was trained
   */
  public void next(Console console, String what, List<String> command, Path base) {
    next(console, what, command, Stream.of(base));
  }

  private void next(Console console, String what, List<String> command, Stream<Path> base) {
    List<String> words = new ArrayList<>(command);
    if (whole()) {
      words.addAll(List.of("--base", place.out().toString()));
    } else {
      words.addAll(List.of("--lora", place.out().toString()));
      base.forEach(path -> words.addAll(List.of("--base", path.toString())));
    }
    console.note("To " + what + ":");
    console.note("  " + Invocation.of(words.toArray(String[]::new)));
  }
}
