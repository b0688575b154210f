package dev.lora4j.text.train;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.pipeline.RewardModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Loss of a reward model. The program has the chosen texts in its first rows and the rejected ones
 * in the others. Its measures have TRL's names.
 *
 * @param model the model that learns
 */
record RewardPairLoss(RewardModel model, RatedPairs pairs) implements SequenceLoss {
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
    EncoderInputs tokens = EncoderInputs.declare(at.graph());
    if (at.purpose() == Staging.Purpose.CALIBRATION) {
      at.learnsAt(tokens.places());
    }
    Weights weights = weights(at);
    Expr hidden = model.network().hidden(weights, tokens, base().compute());
    Expr rewards = model.network().logits(weights, tokens, hidden).to(at.type()).reshape(2, -1);
    Expr chosen = rewards.select(0, 0);
    Expr rejected = rewards.select(0, 1);
    Expr each = pairs.objective().each(chosen, rejected);
    if (pairs.margins()) {
      Shape any = Shape.of(Shape.UNKNOWN);
      Expr margin = at.graph().input("margin", DType.F64, any).to(at.type());
      each = pairs.objective().each(chosen, rejected, margin);
    }
    return new StagedLoss(each, measures(rewards, chosen, rejected));
  }

  private static Map<String, Expr> measures(Expr rewards, Expr chosen, Expr rejected) {
    Expr one = chosen.detach().mul(0).add(1);
    Map<String, Expr> measures = new LinkedHashMap<>();
    measures.put("accuracy", chosen.gt(rejected).to(chosen.dtype()));
    measures.put("margin", chosen.sub(rejected));
    measures.put("min_reward", one.mul(rewards.over(0, 1).min()));
    measures.put("mean_reward", chosen.add(rejected).mul(0.5));
    measures.put("max_reward", one.mul(rewards.over(0, 1).max()));
    return measures;
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> chosen) {
    List<Tensor> inputs =
        new ArrayList<>(LabelLoss.texts(scope, pairs.rows(chosen), tokenizer().special().padId()));
    if (pairs.margins()) {
      double[] margins = pairs.margins(chosen);
      inputs.add(HostTensor.of(DType.F64, Shape.of(margins.length), margins).on(scope));
    }
    return inputs;
  }

  @Override
  public int length(TokenSequence chosen) {
    return pairs.rows(List.of(chosen)).stream().mapToInt(TokenSequence::length).max().orElse(0);
  }

  @Override
  public int learned(List<TokenSequence> chosen) {
    return chosen.size();
  }

  @Override
  public Map<String, String> metadata() {
    return pairs.metadata();
  }
}
