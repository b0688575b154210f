package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.file.ReplacedFolder;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.BaseUsage;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.train.run.RunListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that say where a training writes, and what becomes of an earlier one there. */
public final class TrainingOutput {
  private static final String ENDING = "\\.safetensors$";

  private final String command;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      required = true,
      description =
          "Where to write the adapter: a folder, as PEFT does, or a file where another layout says"
              + " so; what the run keeps is in PATH.run.")
  private Path out = Path.of("");

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint; begin anew if there is none.")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description =
          "Begin anew where there is an earlier run with this --output or its adapter, and lose it.")
  private boolean overwrite;

  /**
   * Options of a command.
   *
   * @param command its words, which train an adapter further
   */
  public TrainingOutput(String command) {
    this.command = command;
  }

  /** Refuses options that say two things. */
  public void require() {
    if (resume) {
      UnusedOptions.refuse(spec, List.of("--overwrite"), "--resume, which goes on");
    }
  }

  /** The file or folder to write. */
  public Path out() {
    return out;
  }

  /** Name of the adapter. */
  public String name() {
    return String.valueOf(out.getFileName()).replaceFirst(ENDING, "");
  }

  /** True if the run goes on from a checkpoint. */
  public boolean resume() {
    return resume;
  }

  /** Folder of what is kept on the way. */
  public Path folder() {
    return out.resolveSibling(out.getFileName() + ".run");
  }

  /** Folder of the checkpoints. */
  public Path checkpoints() {
    return folder().resolve("checkpoints");
  }

  /** Refuses a place that an adapter in a layout cannot be written to. */
  public void requirePlace(AdapterWriter layout) {
    if (!layout.folder()) {
      OutputFile.require(out, layout.ending());
    } else {
      requireFolder(ReplacedFolder.adapter(out));
    }
  }

  /**
   * Refuses a place that a folder cannot be written to.
   *
   * @param replaceable whether what is there may be lost, as a file may
   */
  public void requireFolder(boolean replaceable) {
    if (replaceable) {
      OutputFile.around(out);
    } else {
      OutputFile.freshFolder(out);
    }
  }

  /** What is there of an earlier run. */
  public PreviousRun earlier() {
    return new PreviousRun(out, checkpoints(), command + " --from " + out);
  }

  /** Refuses to begin where something of an earlier run would be lost. */
  public void requireNothingLost() {
    if (!overwrite) {
      earlier().refuse(resume);
    }
  }

  /**
   * Claims the folder of the run, after all checks of the options, and removes checkpoints of an
   * earlier run that is not gone on with.
   */
  public LockedFolder claim() {
    LockedFolder claim = LockedFolder.of(folder());
    try {
      requireNothingLost();
      if (!resume) {
        earlier().remove();
      }
      return claim;
    } catch (RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }

  /**
   * Layout and base of adapters that are written on the way.
   *
   * @param layout its name
   * @param family the base that they are for
   * @param use description of that base
   */
  public record Written(String layout, Family family, BaseUsage use) {}

  /**
   * Trains, with a log in the folder of the run.
   *
   * @param unit name of an example, in the singular
   * @param perStep examples of a step
   * @param kept how adapters on the way are written
   */
  public <T> LoggedTraining<T> train(
      Console console, String unit, int perStep, Written kept, Function<RunListener, T> training) {
    LoggedRun logged =
        new LoggedRun(name(), folder(), Map.of(), List.of("csv", "chart"), unit, perStep);
    IntermediateAdapters adapters =
        new IntermediateAdapters(
            console,
            folder(),
            out,
            kept.layout(),
            kept.family(),
            WriteOptions.EXACT.madeFor(kept.use()));
    try (RunLog log = new RunLog(console, logged, (step, adapter) -> Optional.empty(), adapters)) {
      T trained = log.run(training);
      return new LoggedTraining<>(trained, log.losses().losses(), log.untrained(), log.heldOut());
    }
  }
}
