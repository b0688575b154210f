package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
import java.util.List;

/** Goes on from sequences of tokens. */
public record CausalGenerator(CausalPrograms programs) {
  /**
   * Lets sequences grow together, each to its own end.
   *
   * @param scope for what is needed on the way
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   * @throws ArithmeticException if the model's logits are not finite
   */
  public List<Grown> generate(Scope scope, List<Start> starts) {
    List<Sequence> rows = starts.stream().map(Sequence::new).toList();
    new CausalRun(programs).run(scope, rows);
    return rows.stream().map(r -> new Grown(r.added(), r.ended())).toList();
  }
}
