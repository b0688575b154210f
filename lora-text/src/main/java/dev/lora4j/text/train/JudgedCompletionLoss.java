package dev.lora4j.text.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.align.UnpairedObjective;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Loss of judged completions. The program has them in its first rows, and in the others, where the
 * loss looks at these, prompts with completions of other prompts.
 */
final class JudgedCompletionLoss implements SequenceLoss {
  private final LanguageModel model;
  private final JudgedTexts texts;
  private final int longest;
  private final CompletionLikelihoods likelihoods;
  private final Optional<MovingReference> moving;

  /**
   * Loss of a run.
   *
   * @param head use of the model's head
   * @param longest the most tokens of a prompt with a completion of another
   * @param reference likelihoods under it; empty if it is the base in the same program
   * @param moving what these are under, if it follows the model
   */
  JudgedCompletionLoss(
      HeadUse head,
      JudgedTexts texts,
      int longest,
      Optional<KnownLikelihoods> reference,
      Optional<MovingReference> moving) {
    this.model = head.model();
    this.moving = moving;
    this.texts = texts;
    this.longest = longest;
    this.likelihoods = new CompletionLikelihoods(head, true, reference, Optional.empty(), false);
  }

  @Override
  public TextModel base() {
    return model.base();
  }

  @Override
  public TextTokenizer tokenizer() {
    return model.tokenizer();
  }

  @Override
  public StagedLoss stage(Staging at) {
    CompletionLikelihoods.Staged staged = likelihoods.stage(at);
    Expr good = at.graph().input("good", DType.F64, Shape.of(Shape.UNKNOWN)).to(at.type());
    Expr ratios = staged.own().sub(staged.before().orElseThrow());
    UnpairedObjective objective = texts.objective();
    boolean mismatches = objective.loss().mismatches();
    Expr own = mismatches ? part(ratios, 0) : ratios;
    Expr distance =
        mismatches ? part(ratios, 1).mean().clampMin(0).detach() : own.detach().sum().mul(0);
    Expr likelihood = mismatches ? part(staged.own(), 0) : staged.own();
    Expr each = objective.loss().each(own, good, distance, objective.beta());
    Expr one = good.mul(0).add(1);
    Expr bad = one.sub(good);
    Expr chosen = shares(at, good, texts.heldOutShare());
    Expr rejected = shares(at, bad, 1 - texts.heldOutShare());
    Expr reward = own.mul(objective.beta());
    Map<String, Expr> measures = new LinkedHashMap<>();
    measures.put("rewards/margins", reward.mul(chosen.sub(rejected)));
    measures.put("rewards/chosen", reward.mul(chosen));
    measures.put("rewards/rejected", reward.mul(rejected));
    measures.put("logps/chosen", likelihood.mul(chosen));
    measures.put("logps/rejected", likelihood.mul(rejected));
    measures.put("kl", one.mul(distance));
    return new StagedLoss(each, measures);
  }

  private static Expr part(Expr rows, int number) {
    return rows.reshape(2, -1).select(0, number);
  }

  /**
   * Factors that make the mean over all completions one over those that are marked: of a batch in
   * training; of all that are held out in validation, however these lie in batches. NaN if there is
   * none, as then nothing is known; TRL leaves such a batch out.
   */
  private static Expr shares(Staging at, Expr marks, double heldOut) {
    if (at.purpose() == Staging.Purpose.VALIDATION) {
      return marks.div(marks.graph().constant(heldOut > 0 ? heldOut : Double.NaN, marks.dtype()));
    }
    Expr count = marks.mul(0).add(1).sum();
    return marks.mul(count).div(marks.sum());
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> completions) {
    List<Tensor> inputs =
        new ArrayList<>(likelihoods.inputs(scope, texts.rows(completions, longest)));
    double[] good = texts.good(completions);
    inputs.add(HostTensor.of(DType.F64, Shape.of(good.length), good).on(scope));
    return inputs;
  }

  @Override
  public int learned(List<TokenSequence> completions) {
    return completions.size();
  }

  @Override
  public Optional<MovingReference> moving() {
    return moving;
  }

  @Override
  public Map<String, String> metadata() {
    return texts.metadata();
  }
}
