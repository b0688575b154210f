package dev.lora4j.text.evaluate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.data.TaughtText;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Distance of what a student says next from what its teacher says.
 *
 * @param value the mean over each token that counts
 * @param tokens how many count
 */
public record Divergence(double value, long tokens) {
  private static final int BATCH = 8;

  /**
   * The divergence on texts of one teacher.
   *
   * @param teacher adapters that read the teacher's own texts
   * @param student adapters that read the student's
   * @param listener receives the number of texts that are done
   */
  public static Divergence of(
      LanguageModel model,
      List<TaughtText> texts,
      MixPlan teacher,
      MixPlan student,
      JensenShannonDivergence how,
      IntConsumer listener) {
    try (Scope scope = model.scope().child("divergence")) {
      RowLogits logits = new RowLogits(scope, model, List.of(teacher, student));
      return of(
          scope,
          texts,
          (step, rows) -> logits.of(step, Collections.nCopies(rows.size(), 0), rows),
          (step, rows) -> logits.of(step, Collections.nCopies(rows.size(), 1), rows),
          how,
          listener);
    }
  }

  /** Logits F32 [n, vocabulary] of what counts of sequences, row by row, owned by a scope. */
  public interface Speaker {
    /** Computes them. */
    Tensor logits(Scope owner, List<TokenSequence> sequences);
  }

  /**
   * The divergence of two models of the same tokens, on texts that both read.
   *
   * @param owner of what is needed on the way
   */
  public static Divergence of(
      Scope owner,
      List<TaughtText> texts,
      Speaker teacher,
      Speaker student,
      JensenShannonDivergence how,
      IntConsumer listener) {
    Program program = program(owner, how);
    double sum = 0;
    long count = 0;
    for (int from = 0; from < texts.size(); from += BATCH) {
      List<TaughtText> batch = texts.subList(from, Math.min(texts.size(), from + BATCH));
      try (Scope step = owner.child("batch")) {
        Tensor said = teacher.logits(step, batch.stream().map(TaughtText::own).toList());
        Tensor learned = student.logits(step, batch.stream().map(TaughtText::student).toList());
        for (float each : program.run(step, List.of(learned, said)).get(0).floats()) {
          sum += each;
          count++;
        }
      }
      listener.accept(Math.min(texts.size(), from + BATCH));
    }
    // Rounding leaves what is equal a little below 0.
    return new Divergence(Math.max(0, sum / count), count);
  }

  private static Program program(Scope scope, JensenShannonDivergence how) {
    Graph graph = new Graph();
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    Expr student = graph.input("student", DType.F32, any);
    Expr teacher = graph.input("teacher", DType.F32, any);
    return graph.inference(scope, List.of(how.stage(student, teacher)));
  }
}
