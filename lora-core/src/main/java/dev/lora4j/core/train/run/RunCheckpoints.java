package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.Checkpoint;
import dev.lora4j.core.train.CheckpointFolder;
import dev.lora4j.core.train.TrainingState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/** The checkpoints of a run: the newest ones, and the one with the least validation loss. */
final class RunCheckpoints {
  private static final String STEP = "step";
  private static final String STEPS = "steps";
  private static final String BEST = "best_validation";
  private static final String BEST_FILE = "best.safetensors";

  private final Keeping keeping;
  private final int steps;
  private Optional<Checkpoint> best = Optional.empty();

  /**
   * @param steps of the whole run
   */
  RunCheckpoints(Keeping keeping, int steps) {
    this.keeping = keeping;
    this.steps = steps;
  }

  /**
   * A run to go on with.
   *
   * @param step how many steps were taken, those that changed nothing included
   * @param best the least validation loss until then
   * @param notes what the user should know of it
   */
  record Resumed(TrainingState state, int step, double best, List<String> notes) {}

  private Optional<CheckpointFolder> folder() {
    return keeping.checkpoints().map(path -> new CheckpointFolder(path, keeping.keep()));
  }

  /**
   * The newest checkpoint that is whole, if the run is to be gone on with and there is one.
   *
   * @throws IllegalArgumentException if it was made with other settings
   */
  Optional<Resumed> newest(Scope scope, AdapterStep step) {
    if (!keeping.resume() || folder().isEmpty()) {
      return Optional.empty();
    }
    CheckpointFolder.Newest newest = folder().get().newest();
    if (newest.checkpoint().isEmpty()) {
      return Optional.empty();
    }
    Checkpoint found = newest.checkpoint().get();
    requireSame(found);
    TrainingState state = found.restore(scope, step.step(), step.layout());
    int done = Integer.parseInt(found.notes().getOrDefault(STEP, "0"));
    double best = Double.parseDouble(found.notes().getOrDefault(BEST, "Infinity"));
    return Optional.of(new Resumed(state, done, best, newest.damaged()));
  }

  /** How far the run came whose checkpoints are in a folder, if that is not its end. */
  static OptionalInt unfinished(Path folder) {
    return new CheckpointFolder(folder, 1)
        .newest()
        .checkpoint()
        .map(
            found -> {
              int step = Integer.parseInt(found.notes().getOrDefault(STEP, "0"));
              int steps = Integer.parseInt(found.notes().getOrDefault(STEPS, "0"));
              return step < steps ? OptionalInt.of(step) : OptionalInt.empty();
            })
        .orElse(OptionalInt.empty());
  }

  private void requireSame(Checkpoint found) {
    TreeSet<String> other = new TreeSet<>();
    keeping
        .identity()
        .forEach(
            (name, value) -> {
              String before = found.notes().getOrDefault(name, "");
              if (!before.equals(value)) {
                other.add(name + " (was " + before + ", is " + value + ")");
              }
            });
    if (!other.isEmpty()) {
      throw new IllegalArgumentException(
          "The run cannot be gone on with, as these have changed: "
              + String.join("; ", other)
              + ". Change them back, or train anew without --resume.");
    }
  }

  /** Writes a checkpoint, if there is a folder. */
  Optional<Path> write(TrainingState state, int step, double best) {
    return folder().map(f -> f.write(checkpoint(state, step, best), step));
  }

  /** Keeps the state that is the best until now: on disk if there is a folder. */
  void keepBest(TrainingState state, int step, double loss) {
    Checkpoint now = checkpoint(state, step, loss);
    if (folder().isEmpty()) {
      best = Optional.of(now);
    } else {
      folder().get().writeBeside(now, BEST_FILE);
    }
  }

  /** The state that was the best. */
  Optional<TrainingState> best(Scope scope, AdapterStep step) {
    Optional<Checkpoint> kept =
        keeping
            .checkpoints()
            .map(folder -> folder.resolve(BEST_FILE))
            .filter(Files::exists)
            .map(Checkpoint::read)
            .or(() -> best);
    return kept.map(found -> found.restore(scope, step.step(), step.layout()));
  }

  private Checkpoint checkpoint(TrainingState state, int step, double best) {
    Map<String, String> notes = new HashMap<>(keeping.identity());
    notes.put(STEP, Integer.toString(step));
    notes.put(STEPS, Integer.toString(steps));
    notes.put(BEST, Double.toString(best));
    // Minutes differ from run to run, and a checkpoint shall not.
    return Checkpoint.of(state, 0, notes);
  }
}
