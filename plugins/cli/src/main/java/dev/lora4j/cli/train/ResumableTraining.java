package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * Checkpoint and losses of a training in a folder, from which it resumes, and its part in a line of
 * progress. For one training.
 */
public final class ResumableTraining implements RunListener {
  /** End of messages about an unfinished training. */
  static final String GOES_ON = " The same command goes on from there.";

  /** Steps that a process which is killed may lose at most; a third of a short training. */
  private static final int EVERY = 150;

  private static final int PARTS = 3;

  private static final String LOSSES = "losses.txt";

  /** Files of a training, and their temporary files where a process was killed in writing. */
  private static final Pattern WRITTEN =
      Pattern.compile("\\.?(step-\\d+\\.safetensors|losses\\.txt)(\\.[0-9a-f]+\\.tmp)?");

  private final Console console;
  private final Path folder;
  private final String what;
  private final int steps;
  private final TrainingLine line;
  private final List<Float> losses = new ArrayList<>();

  /**
   * A training that reads and writes nothing before it runs.
   *
   * @param folder for the checkpoint, of this training alone
   * @param what it is called, for example {@code training 2 of 3}
   * @param line shows its progress, maybe beside that of others
   */
  ResumableTraining(Console console, Path folder, String what, int steps, TrainingLine line) {
    this.console = console;
    this.folder = folder;
    this.what = what;
    this.steps = steps;
    this.line = line;
  }

  /**
   * Runs to the end, from where an earlier process came to.
   *
   * @param identity identity that must be equal, see {@link CheckpointPolicy}
   * @param trainer trains with the policy and the listener
   * @throws CancellationException if it was stopped; the message names what is stored
   */
  public <T> T run(
      Map<String, String> identity, BiFunction<CheckpointPolicy, RunListener, T> trainer) {
    OutputFile.folder(folder);
    try {
      return trainer.apply(
          keeping(folder, identity).every(Math.min(EVERY, Math.max(1, steps / PARTS))), this);
    } catch (TrainingInterrupted e) {
      CancellationException stopped = new CancellationException(told(e));
      stopped.initCause(e);
      throw stopped;
    }
  }

  /** Checkpoint policy of a training in a folder. */
  static CheckpointPolicy keeping(Path folder, Map<String, String> identity) {
    return CheckpointPolicy.NOTHING
        .in(folder)
        .keep(1)
        .resume(true)
        .identity(identity)
        .validateEvery(Integer.MAX_VALUE)
        .previewEvery(Integer.MAX_VALUE);
  }

  /** Removes from a folder what a training wrote there. */
  static void remove(Path folder) throws IOException {
    String[] files = folder.toFile().list();
    for (String file : files == null ? new String[0] : files) {
      if (WRITTEN.matcher(file).matches()) {
        Files.delete(folder.resolve(file));
      }
    }
  }

  private String told(TrainingInterrupted stopped) {
    String where = what + " was stopped";
    String begun = Character.toUpperCase(where.charAt(0)) + where.substring(1);
    if (stopped.checkpoint().isPresent()) {
      return begun + " after step " + stopped.steps() + " of " + steps + ", and is kept." + GOES_ON;
    }
    return stopped.steps() == 0
        ? begun + " before its first step."
        : begun + " after step " + stopped.steps() + "; these steps could not be kept.";
  }

  /** One for each step, also those that an earlier process took. */
  List<Float> losses() {
    return List.copyOf(losses);
  }

  @Override
  public void resumed(int step, List<String> notes) {
    notes.forEach(console::note);
    losses.addAll(kept(step));
    line.resumed(step);
    console.note(
        step == steps
            ? "Kept from before: " + what + "."
            : "Going on with " + what + " after step " + step + ".");
  }

  /** Losses of an earlier process; a missing number is none, and is not drawn. */
  private List<Float> kept(int count) {
    List<Float> all = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(folder.resolve(LOSSES), StandardCharsets.US_ASCII)) {
        all.add(Float.parseFloat(line));
      }
    } catch (IOException | NumberFormatException e) {
      console.note("The losses until step " + count + " cannot be read: " + ErrorExplanation.of(e));
    }
    while (all.size() < count) {
      all.add(Float.NaN);
    }
    return all.subList(0, count);
  }

  @Override
  public void step(Step done) {
    losses.add(done.loss());
    line.step(done);
  }

  @Override
  public void saving(int step) {
    StringBuilder text = new StringBuilder();
    losses.forEach(loss -> text.append(loss).append('\n'));
    try {
      OutputFile.text(folder.resolve(LOSSES), text.toString());
    } catch (Failure e) {
      // A disk that is full for a while must not cost what was trained.
      console.note(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void notSaved(int step, String reason) {
    console.note("Step " + step + " of " + what + " could not be kept on disk: " + reason);
  }
}
