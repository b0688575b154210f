package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Names;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Decay;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.spi.ExtensionRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of the steps of a training, whatever is trained on. */
public final class StepOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Where an optimizer's state lies. */
  enum StatePlace {
    memory,
    mapped
  }

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps (default: those of --epochs).")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--epochs",
      paramLabel = "X",
      description = "How often each example is seen (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private double epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Examples at once (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  private int batch;

  @Option(
      names = "--gradient-accumulation",
      paramLabel = "N",
      description = "Batches for a step (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int accumulate;

  @Option(
      names = "--lr",
      paramLabel = "X",
      description = "Learning rate at its highest (default: ${DEFAULT-VALUE}).",
      defaultValue = "1e-3")
  private double rate;

  @Option(
      names = "--lr-scheduler",
      paramLabel = "NAME",
      description = "How the rate falls (default: ${DEFAULT-VALUE}).",
      defaultValue = "cosine")
  private String schedule = "cosine";

  @Option(
      names = "--warmup",
      paramLabel = "SHARE",
      description = "Share of the steps in which the rate rises (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.1")
  private double warmup;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME[:KEY=VALUE,...]",
      completionCandidates = Names.OfOptimizers.class,
      description =
          "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}), and settings of it, as in"
              + " adamw:weight_decay=0.",
      defaultValue = "adamw")
  private String optimizer = "adamw";

  @Option(
      names = "--optimizer-state",
      paramLabel = "PLACE",
      description =
          "Where its state lies: memory, or mapped, a file beside the checkpoints (default: by the"
              + " name, mapped for paged ones).")
  private Optional<StatePlace> place = Optional.empty();

  @Option(
      names = "--max-grad-norm",
      paramLabel = "X",
      description = "Greatest norm of the gradient; 0 for any (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private double clip;

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description = "Steps between validations (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int validateEvery;

  @Option(names = "--keep-best", description = "Write the factors with the least validation loss.")
  private boolean keepBest;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      description = "Steps between checkpoints (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int saveEvery;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of everything random (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  /**
   * Refuses numbers that nothing could be trained with.
   *
   * @throws IllegalArgumentException if one is
   */
  public void require() {
    requireFrom1("--save-every", saveEvery);
    requireFrom1("--validate-every", validateEvery);
    requireFrom1("--steps", steps.orElse(1));
    if (!(epochs > 0) || Double.isInfinite(epochs)) {
      throw new IllegalArgumentException("--epochs must be above 0, found " + epochs + ".");
    }
  }

  private static void requireFrom1(String option, int found) {
    if (found < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, found " + found + ".");
    }
  }

  /** Refuses options that would do nothing. */
  public void refuseUnused(CommandSpec spec) {
    if (steps.isPresent()) {
      UnusedOptions.refuse(spec, List.of("--epochs"), "--steps, which counts otherwise");
    }
  }

  /** Takes other numbers where none are said. */
  public void batchUnlessSaid(int examples, int batches) {
    if (UnusedOptions.given(spec, "--batch").isEmpty()) {
      batch = examples;
      if (UnusedOptions.given(spec, "--gradient-accumulation").isEmpty()) {
        accumulate = batches;
      }
    }
  }

  /** Seed of everything random. */
  public long seed() {
    return seed;
  }

  /** Number of examples at once. */
  public int batch() {
    return batch;
  }

  /** Number of examples in a step. */
  public int perStep() {
    return batch * accumulate;
  }

  /** Options on the command line that have no effect where nothing is held out. */
  public List<String> ofHeldOut() {
    List<String> asked = new ArrayList<>();
    UnusedOptions.given(spec, "--validate-every").ifPresent(asked::add);
    if (keepBest) {
      asked.add("--keep-best");
    }
    return asked;
  }

  /**
   * Notes which options have no effect where nothing is held out.
   *
   * @param heldOut what is held out
   */
  public void noteHeldOut(Console console, List<?> heldOut) {
    if (heldOut.isEmpty() && !ofHeldOut().isEmpty()) {
      console.note(
          String.join(" and ", ofHeldOut())
              + " without effect: nothing is held out; --held-out 0.1 holds out a tenth of it.");
    }
  }

  /**
   * Number of steps. The last batch of an epoch is smaller if examples do not come out even.
   *
   * @param examples number of those that are learned
   */
  public int count(int examples) {
    return count(examples, 1);
  }

  /**
   * {@link #count(int)}, where each batch is learned several times.
   *
   * @param times how often each batch is learned
   */
  public int count(int examples, int times) {
    int batches = (examples + batch - 1) / batch;
    return steps.orElseGet(
        () -> times * (int) Math.max(1, Math.round(epochs * batches / accumulate)));
  }

  private Optimizer optimizer() {
    return Failure.usage(
        "--optimizer",
        () -> {
          ExtensionRequest request = ExtensionRequest.parse(optimizer);
          return Optimizers.named(request.name(), request.settings());
        });
  }

  private Decay decay() {
    return Failure.usage("--lr-scheduler", () -> Decays.named(schedule));
  }

  /** True if the optimizer's state lies in a file. */
  private boolean mappedState() {
    String name = ExtensionRequest.parse(optimizer).name();
    return place.map(StatePlace.mapped::equals).orElseGet(() -> Optimizers.paged(name));
  }

  /**
   * Bytes of an optimizer's state that lie in a file.
   *
   * @param optimizer of the plan
   */
  public long mappedBytes(Optimizer optimizer, AdapterPlan plan) {
    return mappedState() ? optimizer.bytes(plan.shapes().values(), DType.F32) : 0;
  }

  /** Learning rate at its highest. */
  public double rate() {
    return rate;
  }

  /** Refuses to seek a rate for an optimizer that finds it itself. */
  public void requireRate() {
    RateFinding.require(optimizer());
  }

  /** Settings of a run of so many steps. */
  public TrainingSettings settings(int count) {
    return TrainingSettings.of(
            optimizer(), rate, RateSchedule.of(decay(), count).warmupPart(warmup))
        .withAccumulation(accumulate)
        .withClip(clip)
        .withSeed(seed)
        .withStored(DType.F32);
  }

  /** Checkpoint policy of the run in a folder. */
  public CheckpointPolicy keeping(Path checkpoints, boolean resume) {
    return CheckpointPolicy.NOTHING
        .in(checkpoints)
        .every(saveEvery)
        .resume(resume)
        .validateEvery(validateEvery)
        .keepBest(keepBest)
        .previewEvery(Integer.MAX_VALUE)
        .mapped(mappedState());
  }
}
