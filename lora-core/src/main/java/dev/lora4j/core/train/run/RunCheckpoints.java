package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.CheckpointFolder;
import dev.lora4j.core.train.TrainingCheckpoint;
import dev.lora4j.core.train.TrainingState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The checkpoints of a run: the newest ones, and the one with the least validation loss. */
final class RunCheckpoints {
  /** Identity of a run that is taken in rounds; no other has it. */
  static final String LOCAL = "local_steps";

  private static final String STEP = "step";
  private static final String STEPS = "steps";
  private static final String BEST = "best_validation";

  /** Beginning of the names of a task's own tensors. */
  private static final String TASK = "task/";

  private static final String BEST_FILE = "best.safetensors";

  private final CheckpointPolicy keeping;
  private final int steps;
  private final Supplier<Map<String, HostTensor>> beside;
  private OptionalInt bestStep = OptionalInt.empty();

  /** The best where there is no folder for it. */
  private Optional<TrainingCheckpoint> best = Optional.empty();

  /**
   * @param steps of the whole run
   * @param beside state of the task, which is kept beside that of the factors
   */
  RunCheckpoints(CheckpointPolicy keeping, int steps, Supplier<Map<String, HostTensor>> beside) {
    this.keeping = keeping;
    this.steps = steps;
    this.beside = beside;
  }

  /**
   * The state with the least validation loss.
   *
   * @param step after which it was that
   */
  record Best(TrainingState state, int step) {}

  /**
   * A resumed run.
   *
   * @param step number of steps taken, those that changed nothing included
   * @param best the least validation loss until then; of the saved factors, if the best are saved
   * @param notes notes about it for the user
   * @param beside state of the task
   */
  record Resumed(
      TrainingState state,
      int step,
      double best,
      List<String> notes,
      Map<String, HostTensor> beside) {}

  private Optional<CheckpointFolder> folder() {
    return keeping.checkpoints().map(path -> new CheckpointFolder(path, keeping.keep()));
  }

  /**
   * The newest complete checkpoint, if the run resumes and there is one.
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
    TrainingCheckpoint found = newest.checkpoint().get();
    requireSame(found);
    TrainingState state = restored(scope, step, found);
    List<String> notes = new ArrayList<>(newest.damaged());
    double least = keeping.keepBest() ? leastKept(found, notes) : least(found);
    Map<String, HostTensor> own = new HashMap<>();
    found
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(TASK)) {
                own.put(name.substring(TASK.length()), tensor);
              }
            });
    return Optional.of(new Resumed(state, step(found), least, notes, own));
  }

  private static int step(TrainingCheckpoint found) {
    return Integer.parseInt(found.notes().getOrDefault(STEP, "0"));
  }

  private static double least(TrainingCheckpoint found) {
    return Double.parseDouble(found.notes().getOrDefault(BEST, "Infinity"));
  }

  /**
   * The least loss with saved factors: only those can be the result, so a loss counts even if an
   * unsaved one was lower.
   */
  private double leastKept(TrainingCheckpoint newest, List<String> notes) {
    double told = least(newest);
    if (told == Double.POSITIVE_INFINITY) {
      return told;
    }
    Optional<TrainingCheckpoint> kept = Optional.empty();
    try {
      kept = bestOnDisk();
    } catch (TensorException e) {
      notes.add(String.valueOf(e.getMessage()));
    }
    if (kept.isEmpty()) {
      notes.add(
          "The factors with the least validation loss until step "
              + step(newest)
              + " are not there any more, or were not kept; the best is chosen among those that"
              + " follow.");
      return Double.POSITIVE_INFINITY;
    }
    bestStep = OptionalInt.of(step(kept.get()));
    // One that was kept after the newest checkpoint is come to again.
    return step(kept.get()) > step(newest) ? told : least(kept.get());
  }

  /** The best one that is in the folder, if it is of this run. */
  private Optional<TrainingCheckpoint> bestOnDisk() {
    return keeping
        .checkpoints()
        .map(folder -> folder.resolve(BEST_FILE))
        .filter(Files::exists)
        .map(TrainingCheckpoint::read)
        .filter(found -> changed(found).isEmpty());
  }

  /**
   * Last step of an unfinished run with checkpoints in a folder; empty if it is finished or there
   * is none.
   */
  static OptionalInt unfinished(Path folder) {
    return new CheckpointFolder(folder, 1)
        .newest()
        .checkpoint()
        .map(
            found -> {
              int step = step(found);
              int steps = Integer.parseInt(found.notes().getOrDefault(STEPS, "0"));
              return step < steps ? OptionalInt.of(step) : OptionalInt.empty();
            })
        .orElse(OptionalInt.empty());
  }

  private void requireSame(TrainingCheckpoint found) {
    Set<String> other = changed(found);
    // A run whose steps are its own says nothing of rounds.
    if (found.notes().containsKey(LOCAL) && !keeping.identity().containsKey(LOCAL)) {
      other.add(LOCAL);
    }
    if (!other.isEmpty()) {
      String both =
          other.stream()
              .map(
                  name ->
                      name
                          + " (was "
                          + found.notes().getOrDefault(name, "not said")
                          + ", is "
                          + keeping.identity().getOrDefault(name, "not said")
                          + ")")
              .collect(Collectors.joining("; "));
      throw new IllegalArgumentException(
          "The run cannot be gone on with, as these have changed: "
              + both
              + ". Change them back, or train anew without --resume.");
    }
  }

  /** Names of the identity's strings that differ from the newest complete checkpoint. */
  Set<String> changed() {
    return folder()
        .flatMap(folder -> folder.newest().checkpoint())
        .map(this::changed)
        .orElse(Set.of());
  }

  private Set<String> changed(TrainingCheckpoint found) {
    Set<String> other = new TreeSet<>();
    keeping
        .identity()
        .forEach(
            (name, value) -> {
              if (!value.equals(found.notes().get(name))) {
                other.add(name);
              }
            });
    return other;
  }

  /** Writes a checkpoint, if there is a folder. */
  Optional<Path> write(TrainingState state, int step, double best) {
    return folder().map(f -> f.write(checkpoint(state, step, best), step));
  }

  /**
   * Keeps the state that is the best until now: on disk if there is a folder.
   *
   * @throws dev.lora4j.core.safetensors.SafetensorsException if it cannot be written; the one
   *     before it is then as it was
   * @throws java.io.UncheckedIOException if the folder cannot be made; likewise
   */
  Best keepBest(TrainingState state, int step, double loss) {
    TrainingCheckpoint now = checkpoint(state, step, loss);
    if (folder().isEmpty()) {
      best = Optional.of(now);
    } else {
      folder().get().writeBeside(now, BEST_FILE);
    }
    bestStep = OptionalInt.of(step);
    return new Best(state, step);
  }

  /**
   * The best state, if it was saved and can be read.
   *
   * @param notes receives the reason if it is missing
   */
  Optional<Best> best(Scope scope, AdapterStep step, List<String> notes) {
    if (bestStep.isEmpty()) {
      notes.add("No factors with the least validation loss were kept.");
      return Optional.empty();
    }
    try {
      Optional<Best> found =
          best.or(this::bestOnDisk).map(b -> new Best(restored(scope, step, b), step(b)));
      if (found.isEmpty()) {
        notes.add("The factors with the least validation loss are not there any more.");
      }
      return found;
    } catch (TensorException e) {
      notes.add("The factors with the least validation loss cannot be read: " + e.getMessage());
      return Optional.empty();
    }
  }

  private TrainingState restored(Scope scope, AdapterStep step, TrainingCheckpoint found) {
    Map<String, HostTensor> own = new LinkedHashMap<>(found.tensors());
    own.keySet().removeIf(name -> name.startsWith(TASK));
    return with(found, own).restore(scope, step.step(), step.layout(), keeping.storage());
  }

  private TrainingCheckpoint checkpoint(TrainingState state, int step, double best) {
    Map<String, String> notes = new HashMap<>(keeping.identity());
    notes.put(STEP, Integer.toString(step));
    notes.put(STEPS, Integer.toString(steps));
    notes.put(BEST, Double.toString(best));
    // Minutes differ from run to run, and a checkpoint shall not.
    TrainingCheckpoint own = TrainingCheckpoint.of(state, 0, notes);
    Map<String, HostTensor> all = new LinkedHashMap<>(own.tensors());
    beside.get().forEach((name, tensor) -> all.put(TASK + name, tensor));
    return with(own, all);
  }

  private static TrainingCheckpoint with(
      TrainingCheckpoint found, Map<String, HostTensor> tensors) {
    return new TrainingCheckpoint(
        tensors,
        found.optimizer(),
        found.layout(),
        found.lossScale(),
        found.minutes(),
        found.notes());
  }
}
