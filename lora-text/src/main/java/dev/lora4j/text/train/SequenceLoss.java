package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Loss of token sequences: of tokens, or of classes. */
interface SequenceLoss {
  /** The model that learns. */
  TextModel base();

  /** Its tokeniser, for texts in messages. */
  TextTokenizer tokenizer();

  /** Weights of the model in its computing type, with the adapter that is trained. */
  default Weights weights(Staging at) {
    FrozenWeights frozen = new FrozenWeights(base().compute(), "", base().weights().forms());
    return Weights.of(at.graph(), TextModel.MODEL, frozen, at.adapters());
  }

  /**
   * Stages the model and its loss.
   *
   * @return the loss of each thing that is learned, which {@link #learned} counts
   */
  StagedLoss stage(Staging at);

  /** Inputs of the staged loss, in the order in which it declares them. */
  List<Tensor> inputs(Scope scope, List<TokenSequence> sequences);

  /** Tokens of the longest row that a sequence has in a step. */
  default int length(TokenSequence drawn) {
    return drawn.length();
  }

  /**
   * The largest that a step could learn of what is drawn for it, to see the sizes of its inputs.
   * Nothing is written and nobody is asked, so that no step may follow.
   *
   * @param batch that is drawn
   */
  default List<TokenSequence> largest(List<TokenSequence> batch) {
    return batch;
  }

  /** Completions that are written at once for a batch that is drawn; 0 if none are. */
  default int written(List<TokenSequence> batch) {
    return 0;
  }

  /** Number of targets in sequences; each counts alike. */
  int learned(List<TokenSequence> sequences);

  /**
   * The number of the step whose batches are drawn in a step: itself, or an earlier one whose
   * samples are learned more than once.
   *
   * @param step from 0
   */
  default long drawn(long step) {
    return step;
  }

  /**
   * Makes what is learned in a step of what is drawn for it.
   *
   * @param step from 0
   * @param batches that are drawn
   * @param now the model as it is before the step
   */
  default List<List<TokenSequence>> made(
      long step, List<List<TokenSequence>> batches, TrainedModel now) {
    return batches;
  }

  /**
   * Makes what calibration looks at of what is drawn for a step, before there is an adapter.
   *
   * @param step from 0
   * @param batches that are drawn
   */
  default List<List<TokenSequence>> looked(long step, List<List<TokenSequence>> batches) {
    return batches;
  }

  /** State beside the adapter and the reference, as a checkpoint keeps it, by name. */
  default Map<String, HostTensor> state() {
    return Map.of();
  }

  /** Goes back to a {@link #state} before the first step of a run that is gone on with. */
  default void restore(Map<String, HostTensor> state) {}

  /** Looks at what a step measured. */
  default void taken(RunListener.Step step) {}

  /** The reference, if it follows the model. */
  default Optional<MovingReference> moving() {
    return Optional.empty();
  }

  /** Numbers of what was made last, to report, by their names, in order. */
  default Map<String, Double> told() {
    return Map.of();
  }

  /** Numbers of adapters by what is held out, if there is no loss of it; see {@link #told}. */
  default Map<String, Double> judge(Supplier<MixPlan> adapters) {
    return Map.of();
  }

  /** Number of each step by which short trainings are compared. */
  default RateSearch.Compared compared() {
    return RateSearch.Compared.LOSS;
  }

  /** Metadata in the header of the trained adapter. */
  Map<String, String> metadata();
}
