package dev.lora4j.text.train;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The model of a case in F64, the batches that all scripts have, and what one of them wrote.
 *
 * @param steps what {@code peft_steps.py} wrote
 * @param golden what the script wrote
 */
record ReferenceModel(
    ReferenceCase at, Lora4j lora, LanguageModel model, ReferenceSteps steps, ReferenceSteps golden)
    implements AutoCloseable {
  private static final String LOSS = "/loss";

  /**
   * Opens it.
   *
   * @param golden file of the script
   */
  static ReferenceModel open(ReferenceCase at, Path folder, String golden) throws IOException {
    Path files = Path.of("src/test/resources/models", at.model());
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(files.resolve(name), folder.resolve(name));
    }
    Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    return new ReferenceModel(
        at,
        lora,
        LanguageModel.open(lora, TinyTokenizers.letters(folder), DType.F64),
        new ReferenceSteps(),
        new ReferenceSteps(golden));
  }

  /** The names that have a loss below a prefix. */
  Set<String> settings(String prefix) {
    return golden.keys().stream()
        .filter(key -> key.startsWith(prefix) && key.endsWith(LOSS))
        .map(key -> key.substring(prefix.length(), key.length() - LOSS.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The rows of a batch and the next. */
  List<TokenSequence> rows(int first) {
    List<TokenSequence> rows = new ArrayList<>(steps.batch(at.model(), first));
    rows.addAll(steps.batch(at.model(), first + 1));
    return rows;
  }

  /** The task of a loss, with a fresh adapter. */
  SequenceTask task(SequenceLoss loss, List<TokenSequence> learned) {
    return new SequenceTask(
        loss,
        at.recipe().plan(model.base().sites().all()),
        new SequenceBatches(learned, learned.size(), 0, false),
        List.of());
  }

  /** The program of a step. */
  static TaskLoss staged(SequenceTask task) {
    Staging staging =
        new Staging(new Graph(), DType.F64, task.groups(), task.plan(), Staging.Purpose.TRAINING);
    return staging.staged(task.loss(staging));
  }

  @Override
  public void close() {
    golden.close();
    steps.close();
    model.close();
    lora.close();
  }
}
