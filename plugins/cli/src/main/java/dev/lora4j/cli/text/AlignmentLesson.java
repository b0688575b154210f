package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;

/** Data that a model is aligned by, read before the model is loaded. */
interface AlignmentLesson extends AutoCloseable {
  /** Opens what it needs beside the base, before {@link #read}. */
  default void open(Console console, OpenText base, TextModelOptions how) {}

  /**
   * Makes tokens of the data.
   *
   * @param console receives notes about what is not learned as it stands
   */
  void read(Console console, LanguageModel model, SequenceLimits limits);

  /** The trainer, after {@link #read}. */
  TextTrainer trainer(LanguageModel model, TextTrainingSettings settings);

  /** In how many steps each batch is learned. */
  default int repeats() {
    return 1;
  }

  /** The subject of the run, as sentences. */
  String summary();

  /** The part of a step, for example {@code 8 pairs}. */
  String step(int perStep);

  /** Sentence about a learning rate that is found without a loss of what is held out. */
  default String uncertain() {
    return TextTrainingCourse.WITHOUT_HELD_OUT;
  }

  /** True if something is held out. */
  boolean holdsOut();

  /** Returns true if there is a reference. */
  boolean compares();

  /** Why there is no reference, as a sentence. */
  String noReference();

  /**
   * Prints the result.
   *
   * @param began when, in nanoseconds
   */
  void tell(TrainedTextReport report, Console console, boolean json, long began);

  /** Closes what was opened. */
  @Override
  default void close() {}
}
