package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.align.UnpairedObjective;
import dev.lora4j.text.data.JudgedCompletion;
import dev.lora4j.text.data.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps on judged completions against TRL's loss and PEFT's model: {@code judged_completions.py}.
 */
class JudgedStepTest {
  /** More places than batches have, so that the head is computed in chunks. */
  private static final long HEAD = 1L << 24;

  private static final ReferenceCase CASE = ReferenceCase.LLAMA_LORA;
  private static final String GOLDEN = "judged-completions.safetensors";
  private static final String STEP = "step/";
  private static final List<Boolean> GOOD = List.of(true, true, false, false, true, false);

  @TempDir Path temp;

  private static UnpairedObjective objective(String name) {
    String[] parts = name.split("\\|", -1);
    return UnpairedObjective.named(parts[0], Double.parseDouble(parts[1]));
  }

  /** The rows of two batches; a first token that counts has nothing before it. */
  private static List<JudgedCompletion> completions(List<TokenSequence> rows) {
    List<JudgedCompletion> all = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      TokenSequence row = rows.get(i);
      int prompt = row.ids().length - row.learned();
      all.add(new JudgedCompletion(row, prompt, GOOD.get(i)));
    }
    return all;
  }

  @Test
  void lossAndGradientsAreThoseOfTrl() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN)) {
      assertEquals(5, opened.settings(STEP).size());
      for (String name : opened.settings(STEP)) {
        try (Scope scope = opened.model().scope().child("step")) {
          JudgedTexts texts =
              new JudgedTexts(objective(name), completions(opened.rows(0)), List.of());
          SequenceTask task =
              opened.task(
                  new JudgedCompletionLoss(
                      new HeadUse(opened.model(), HEAD),
                      texts,
                      64,
                      Optional.empty(),
                      Optional.empty()),
                  texts.learned());
          TaskLoss program = ReferenceModel.staged(task);
          FlatLayout layout = program.factors().layout();
          float[] start = opened.steps().start(CASE, layout);
          GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
          gradient.run(task.together(List.of(texts.learned())).get(0).inputs(scope));
          double expected = opened.golden().numbers(STEP + name + "/loss")[0];
          assertEquals(expected, gradient.loss(), 1e-9, name);
          opened
              .golden()
              .assertClose(STEP + name, "gradient", layout, gradient.values(), 1e-9, 1e-8);
        }
      }
    }
  }
}
