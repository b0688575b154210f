package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.file.ReplacedFolder;
import dev.lora4j.cli.train.IntermediateAdapters;
import dev.lora4j.cli.train.LoggedRun;
import dev.lora4j.cli.train.PreviousRun;
import dev.lora4j.cli.train.RunLog;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.text.model.MergedTextModel;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.train.TrainedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of what a training on texts writes, and of what is there of an earlier one. */
public final class TextRunOptions {
  private final String command;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Where to write the adapter, as PEFT does; what the run keeps is in DIR.run.")
  private Path out = Path.of("");

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description =
          "How the adapter is written (default: ${DEFAULT-VALUE}, a folder); transformers writes"
              + " the whole model with the adapter in its weights.",
      defaultValue = "peft")
  private String layout = "peft";

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint; begin anew if there is none.")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description =
          "Begin anew where there is an earlier run with this --output or its adapter, and lose it.")
  private boolean overwrite;

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
    this.command = command;
  }

  /** Refuses options that say two things. */
  public void require() {
    if (resume) {
      UnusedOptions.refuse(spec, List.of("--overwrite"), "--resume, which goes on");
    }
    writer();
  }

  /** The file or folder to write. */
  public Path out() {
    return out;
  }

  /** Name of the adapter. */
  public String name() {
    return String.valueOf(out.getFileName());
  }

  String layout() {
    return layout;
  }

  public boolean resume() {
    return resume;
  }

  /** Folder of what is kept on the way. */
  Path folder() {
    return out.resolveSibling(out.getFileName() + ".run");
  }

  public Path checkpoints() {
    return folder().resolve("checkpoints");
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

  /** Refuses a place that cannot be written. */
  public void requireOutput() {
    Optional<AdapterWriter> writer = writer();
    if (writer.map(AdapterWriter::folder).orElse(true)) {
      if (replaceable()) {
        OutputFile.around(out);
      } else {
        OutputFile.freshFolder(out);
      }
    } else {
      OutputFile.require(out, writer.orElseThrow().ending());
    }
  }

  /** True if the folder to write is what an earlier run wrote, which may be lost as a file may. */
  private boolean replaceable() {
    return whole() ? ReplacedFolder.files(out) && old().run() : ReplacedFolder.adapter(out);
  }

  private PreviousRun old() {
    return new PreviousRun(out, checkpoints(), command + " --from " + out);
  }

  /** Refuses to begin where something of an earlier run would be lost. */
  public void requireNothingLost() {
    if (!overwrite) {
      old().refuse(resume);
    }
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

  /** Claims the folder of the run, after all checks of the options. */
  public LockedFolder begin(TextTrainingWork work, TextModel base) {
    requireForm(work.plan(), base);
    LockedFolder claim = LockedFolder.of(folder());
    try {
      clear();
      return claim;
    } catch (RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }

  /** Removes checkpoints of an earlier run that is not gone on with, in the claimed folder. */
  void clear() {
    requireNothingLost();
    if (!resume) {
      old().remove();
    }
  }

  /** Trains, with a log in the folder of the run. */
  public TrainedTextReport train(
      Console console, TextTrainingWork work, TextModel base, int count, int perStep) {
    LoggedRun logged =
        new LoggedRun(name(), folder(), Map.of(), List.of("csv", "chart"), "text", perStep);
    IntermediateAdapters kept =
        new IntermediateAdapters(
            console,
            folder(),
            out,
            // A whole model is written of what is finished alone.
            whole() ? "peft" : layout,
            base.family(),
            WriteOptions.EXACT.madeFor(base.use()));
    try (RunLog log = new RunLog(console, logged, (step, adapter) -> Optional.empty(), kept)) {
      TrainedText trained = log.run(work.training());
      // Losses of all steps, also of those before a run was resumed.
      return new TrainedTextReport(
          trained,
          log.losses().losses(),
          log.untrained(),
          log.heldOut(),
          work,
          count,
          out,
          folder());
    }
  }

  /** Writes the adapter, or the model with it in its weights. */
  public void save(TrainedText trained, TextModel base, List<String> labels) {
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
      words.addAll(List.of("--base", out.toString()));
    } else {
      words.addAll(List.of("--lora", out.toString()));
      base.forEach(path -> words.addAll(List.of("--base", path.toString())));
    }
    console.note("To " + what + ":");
    console.note("  " + Invocation.of(words.toArray(String[]::new)));
  }
}
