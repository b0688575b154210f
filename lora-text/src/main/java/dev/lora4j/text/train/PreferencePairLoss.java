package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.align.CompletionScores;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PairWeighting;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Loss of pairs. The program has the chosen completions in its first rows and the rejected ones in
 * the others.
 */
final class PreferencePairLoss implements SequenceLoss {
  private final LanguageModel model;
  private final Preferences preferences;
  private final CompletionLikelihoods likelihoods;
  private final Optional<MovingReference> moving;

  /**
   * Loss of a run.
   *
   * @param head use of the model's head
   * @param reference likelihoods under it; empty if it is the base in the same program, or the
   *     objective has none
   * @param moving what these are under, if it follows the model
   */
  PreferencePairLoss(
      HeadUse head,
      Preferences preferences,
      Optional<KnownLikelihoods> reference,
      Optional<MovingReference> moving) {
    this.model = head.model();
    this.preferences = preferences;
    this.moving = moving;
    PreferenceObjective objective = preferences.objective();
    this.likelihoods =
        new CompletionLikelihoods(
            head,
            objective.compares(),
            reference,
            preferences.shares(),
            objective.weighting() == PairWeighting.WPO);
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
    PreferenceObjective objective = preferences.objective();
    CompletionScores chosen = side(staged, 0);
    CompletionScores rejected = side(staged, 1);
    Expr good = objective.reward(chosen);
    Expr bad = objective.reward(rejected);
    Map<String, Expr> measures = new LinkedHashMap<>();
    measures.put("rewards/accuracies", good.gt(bad).to(at.type()));
    measures.put("rewards/margins", good.sub(bad));
    measures.put("rewards/chosen", good);
    measures.put("rewards/rejected", bad);
    measures.put("logps/chosen", chosen.likelihood());
    measures.put("logps/rejected", rejected.likelihood());
    Expr each = objective.each(new PairScores(chosen, rejected, objective.divergence()));
    Expr weighted = staged.weights().map(w -> each.mul(half(w, 0)).mul(half(w, 1))).orElse(each);
    return new StagedLoss(weighted, measures);
  }

  private static CompletionScores side(CompletionLikelihoods.Staged staged, int number) {
    return new CompletionScores(
        half(staged.own(), number),
        staged.before().map(all -> half(all, number)),
        half(staged.counts(), number),
        half(staged.whole(), number));
  }

  private static Expr half(Expr rows, int number) {
    return rows.reshape(2, -1).select(0, number);
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> chosen) {
    return likelihoods.inputs(scope, preferences.rows(chosen));
  }

  @Override
  public int length(TokenSequence chosen) {
    return preferences.rows(List.of(chosen)).stream()
        .mapToInt(TokenSequence::length)
        .max()
        .orElse(0);
  }

  @Override
  public int learned(List<TokenSequence> chosen) {
    return chosen.size();
  }

  @Override
  public Optional<MovingReference> moving() {
    return moving;
  }

  @Override
  public Map<String, String> metadata() {
    return preferences.metadata();
  }
}
