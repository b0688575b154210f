package dev.lora4j.vision.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
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
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.train.TrainedVision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Options of what a training on pictures with classes writes, and of what is there of an earlier
 * one.
 */
final class VisionRunOptions {
  private static final String USUAL = "peft";

  /** The layout of one file, which holds heads without factors. */
  private static final String ALONE = "kohya";

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      required = true,
      description =
          "Where to write the adapter: a folder, as PEFT does, or a .safetensors file where"
              + " --layout or --frozen says so; what the run keeps is in PATH.run.")
  private Path out = Path.of("");

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description =
          "How the adapter is written (default: peft, a folder; kohya, a file, for a head alone).")
  private Optional<String> layout = Optional.empty();

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint; begin anew if there is none.")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description =
          "Begin anew where there is an earlier run with this --output or its adapter, and lose"
              + " it.")
  private boolean overwrite;

  private boolean headAlone;

  /**
   * Refuses options that say two things, and a place that cannot be written.
   *
   * @param frozen whether the head alone is trained
   */
  void require(boolean frozen) {
    headAlone = frozen;
    if (resume) {
      UnusedOptions.refuse(spec, List.of("--overwrite"), "--resume, which goes on");
    }
    AdapterWriter writer = writer();
    if (!writer.folder()) {
      OutputFile.require(out, writer.ending());
    } else if (ReplacedFolder.adapter(out)) {
      OutputFile.around(out);
    } else {
      OutputFile.freshFolder(out);
    }
    requireNothingLost();
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

  /** The file or folder to write. */
  Path out() {
    return out;
  }

  /** Name of the adapter. */
  String name() {
    return String.valueOf(out.getFileName()).replaceFirst("\\.safetensors$", "");
  }

  boolean resume() {
    return resume;
  }

  /** Folder of what is kept on the way. */
  Path folder() {
    return out.resolveSibling(out.getFileName() + ".run");
  }

  /** Folder of the checkpoints. */
  Path checkpoints() {
    return folder().resolve("checkpoints");
  }

  private PreviousRun old() {
    return new PreviousRun(out, checkpoints(), "vision train --from " + out);
  }

  private void requireNothingLost() {
    if (!overwrite) {
      old().refuse(resume);
    }
  }

  /** Claims the folder of the run, after all checks of the options. */
  LockedFolder begin(AdapterPlan plan, VisionModel model) {
    try {
      plan.requireForm(writer(), model.family());
    } catch (AdapterException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
    LockedFolder claim = LockedFolder.of(folder());
    try {
      requireNothingLost();
      if (!resume) {
        old().remove();
      }
      return claim;
    } catch (RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }

  /**
   * A finished run.
   *
   * @param losses of all steps, also of those before it was resumed
   */
  record Finished(TrainedVision trained, List<Double> losses) {}

  /** Trains, with a log in the folder of the run, and writes the adapter. */
  Finished train(
      Console console,
      VisionModel model,
      int perStep,
      Function<RunListener, TrainedVision> training) {
    LoggedRun logged =
        new LoggedRun(name(), folder(), Map.of(), List.of("csv", "chart"), "picture", perStep);
    IntermediateAdapters kept =
        new IntermediateAdapters(
            console,
            folder(),
            out,
            layout(),
            model.family(),
            WriteOptions.EXACT.madeFor(model.use()));
    try (RunLog log = new RunLog(console, logged, (step, adapter) -> Optional.empty(), kept)) {
      TrainedVision trained = log.run(training);
      if (writer().folder()) {
        ReplacedFolder.write(out, () -> trained.save(out, layout()));
      } else {
        trained.save(out, layout());
      }
      return new Finished(trained, log.losses().losses());
    }
  }
}
