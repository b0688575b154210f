package dev.lora4j.cli.text;

import dev.lora4j.cli.train.StepOptions;
import dev.lora4j.cli.train.TrainingOutput;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.train.SequenceTrainer;
import dev.lora4j.text.train.TextStepCost;
import dev.lora4j.text.train.TrainedText;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A training run on texts, whatever is learned of them.
 *
 * @param learned the texts
 * @param heldOut those to validate by
 * @param plan the layers that are trained
 * @param cost of its largest step
 * @param file bytes of the optimizer's state that lie in a file
 * @param training the run
 */
public record TextTrainingWork(
    List<TokenSequence> learned,
    List<TokenSequence> heldOut,
    AdapterPlan plan,
    Supplier<TextStepCost> cost,
    long file,
    Function<RunListener, TrainedText> training) {
  /** The run of a trainer, as options say it. */
  static TextTrainingWork of(SequenceTrainer<?> trainer, StepOptions steps, TrainingOutput output) {
    CheckpointPolicy keeping = steps.keeping(output.checkpoints(), output.resume());
    return new TextTrainingWork(
        trainer.sequences(),
        trainer.heldOut(),
        trainer.plan(),
        trainer::cost,
        steps.mappedBytes(trainer.optimizer(), trainer.plan()),
        trainer.keeping(keeping).name(output.name())::run);
  }
}
